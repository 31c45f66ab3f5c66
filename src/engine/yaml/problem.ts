import type { z } from 'zod';
import { redact, withoutCredentials } from '../model/redact.js';
import { nearest } from '../planner/nearest.js';
import type { Source } from './source.js';

/** Something wrong at one place of a file. */
export interface Problem {
  path: readonly PropertyKey[];
  /** Completes the sentence that begins with the path, without a full stop. */
  says: string;
  meant?: string;
}

/** `config/reviver.yaml:12:5 services[0].runtime: "dokcer" is not allowed; expected one of ... Did you mean docker?` */
export function describeProblem({ path, says, meant }: Problem, source: Source): string {
  return `${source.where(path)} ${pathText(path)}: ${says}.${meant ? ` Did you mean ${meant}?` : ''}`;
}

export function pathText(path: readonly PropertyKey[]): string {
  const parts = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return parts.join('').replace(/^\./, '') || 'the file';
}

/** What a schema found; `keysAt` names the keys that are allowed at a path. */
export function problemsOf(
  error: z.ZodError,
  data: unknown,
  keysAt: (path: readonly PropertyKey[]) => string[],
): Problem[] {
  const found = error.issues.flatMap((issue) => problemsOfIssue(closest(issue), data, keysAt));
  // A misspelt key also leaves the right one missing: the key is what the author has to mend.
  const meant = found.flatMap(({ path, meant }) =>
    meant === undefined ? [] : [pathText([...path.slice(0, -1), meant])],
  );
  return found.filter(({ path, says }) => !(says.startsWith(MISSING) && meant.includes(pathText(path))));
}

const MISSING = 'is missing';

type Issue = z.core.$ZodIssue;

function problemsOfIssue(issue: Issue, data: unknown, keysAt: (path: readonly PropertyKey[]) => string[]): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      says: `unknown key; known are ${known.join(', ')}`,
      meant: nearest(key, known),
    }));
  }
  const value = path.reduce<unknown>(property, data);
  if (value === undefined) return [{ path, says: `${MISSING}; expected ${issue.message}` }];
  const meant =
    issue.code === 'invalid_value' && typeof value === 'string' ? nearest(value, issue.values.map(String)) : undefined;
  return [{ path, says: `${show(value, path)} is not allowed; expected ${issue.message}`, meant }];
}

/** A union reports all its branches; the one that got furthest is what the author meant. */
function closest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.message !== '') return issue;
  const stranger = issue.errors.flat().find(({ code }) => code === 'unrecognized_keys');
  const inner = issue.errors.flatMap((branch) => branch.slice(0, 1));
  const best = stranger ?? inner.find(({ path }) => path.length > 0) ?? inner[0];
  return best ? closest({ ...best, path: [...issue.path, ...best.path] }) : { ...issue, message: 'another form' };
}

function property(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Variables may hold secrets; a URL may carry a password. */
function show(value: unknown, path: readonly PropertyKey[]): string {
  if (path.includes('env')) return 'this value';
  const shown = redact(withoutCredentials(JSON.stringify(value)));
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
}

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
};

/** What was expected, for issues whose schema does not say it itself; empty for a union, whose branches tell. */
export function expectation(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_small') return bound('at least', issue.origin, issue.minimum);
  if (issue.code === 'too_big') return bound('at most', issue.origin, issue.maximum);
  if (issue.code === 'invalid_format') return `text of the form ${issue.format}`;
  return issue.code === 'invalid_union' ? '' : 'another value';
}

function bound(word: string, origin: string, limit: number | bigint): string {
  if (origin === 'array') return `${word} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `text of ${word} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  return `a number of ${word} ${limit}`;
}
