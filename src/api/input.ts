import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { InvalidInput, UserError } from '../engine/model/errors.js';
import type { JsonObject } from '../engine/model/json.js';

/**
 * Parses what a client sent. Throws `invalid_input` that names each bad field, its value and what is allowed: the
 * description of a field in its schema is that text.
 */
export function checked<S extends z.ZodObject>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => explain(schema, raw, issue)).slice(0, 10);
  const [first] = problems;
  if (!first || problems.length === 1) throw first ?? new InvalidInput('body', raw, 'what the API document describes');
  throw new UserError('invalid_input', problems.map((problem) => problem.message).join(' '), {
    ...first.facts,
    errors: problems.map((problem) => problem.facts),
  });
}

/** The name that was probably meant, if one is near. */
export function suggestion(given: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || given.length > 64) return undefined;
  const nearest = closest(given, names);
  return distance(given, nearest) <= Math.max(2, Math.floor(nearest.length / 3)) ? nearest : undefined;
}

function explain(schema: z.ZodObject, raw: unknown, issue: z.core.$ZodIssue): UserError[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(schema, key));
  const [field] = issue.path;
  if (field === undefined) return [new InvalidInput('body', raw, 'a JSON object')];
  const name = issue.path.join('.');
  return [new InvalidInput(name, valueAt(raw, field), schema.shape[String(field)]?.description ?? issue.message)];
}

function unknownField(schema: z.ZodObject, key: string): UserError {
  const names = Object.keys(schema.shape);
  const meant = suggestion(key, names);
  const field = key.length > 64 ? `${key.slice(0, 61)}...` : key;
  const allowed = names.length > 0 ? `one of ${names.join(', ')}` : 'no field at all';
  const facts: JsonObject = { field, value: field, allowed, suggestion: meant };
  const hint = meant ? ` Did you mean "${meant}"?` : '';
  return new UserError('invalid_input', `There is no field "${field}" here.${hint} Allowed: ${allowed}.`, facts);
}

function valueAt(raw: unknown, key: PropertyKey): unknown {
  return typeof raw === 'object' && raw !== null ? Reflect.get(raw, key) : undefined;
}
