import { createHash } from 'node:crypto';

/** Slack's limit for the value of an option. */
const LONGEST = 75;
const HASHED = 12;

/** A name as the value of an option; a long one is shortened, and still tells itself from others. */
export function optionValue(kind: string, name: string): string {
  const value = `${kind}:${name}`;
  if (value.length <= LONGEST) return value;
  return `${value.slice(0, LONGEST - HASHED - 1)}~${short(name)}`;
}

/** The name that stands behind a value; undefined: it is no longer there. */
export function nameOf(value: string, kind: string, names: readonly string[]): string | undefined {
  return names.find((name) => optionValue(kind, name) === value);
}

/** For ids of blocks: what was chosen for one name must not be kept for another. */
export function short(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, HASHED);
}
