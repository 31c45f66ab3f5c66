import { z } from 'zod';
import { InvalidInput } from '../model/errors.js';
import { nearest } from '../planner/nearest.js';
import type { Action } from './action.js';

/**
 * The input as the action's schema understands it. Anything else is one `InvalidInput` whose field begins with `where`,
 * such as `redis_outage.steps[1]`.
 */
export function parseInput<Input>(
  action: Pick<Action<Input>, 'name' | 'input'>,
  raw: unknown,
  where = action.name,
): Input {
  const parsed = action.input.safeParse(raw);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // A misspelt key also leaves the right one missing: the key is what the author has to mend.
  const stranger = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (stranger) throw unknownKey(stranger, raw, where, action.input);
  const [issue] = issues;
  const path = issue?.path ?? [];
  throw new InvalidInput(fieldName(where, path), at(raw, path), issue ? allowed(issue, action.input) : 'another value');
}

function unknownKey(
  issue: z.core.$ZodIssueUnrecognizedKeys,
  raw: unknown,
  where: string,
  schema: z.ZodType,
): InvalidInput {
  const key = issue.keys[0] ?? '';
  const path = [...issue.path, key];
  const known = issue.path.length === 0 ? keysOf(schema) : [];
  const guess = nearest(key, known);
  const fields = known.length > 0 ? `one of the fields ${known.join(', ')}` : 'no such field';
  return new InvalidInput(fieldName(where, path), at(raw, path), guess ? `${fields}; did you mean ${guess}?` : fields);
}

/** Our schemas say in their own words what is allowed; for others the commonest of zod's are put into words. */
function allowed(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  if (issue.path.length === 0 && issue.code === 'invalid_type')
    return `a mapping with the fields ${keysOf(schema).join(', ')}`;
  if (!/^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message)) return issue.message;
  if (issue.code === 'invalid_type') return `a ${issue.expected}`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  return issue.message;
}

function keysOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function fieldName(where: string, path: PropertyKey[]): string {
  return path.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${part}]` : `${name}.${String(part)}`),
    where,
  );
}

function at(raw: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => (isRecord(value) ? value[part] : undefined), raw);
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
