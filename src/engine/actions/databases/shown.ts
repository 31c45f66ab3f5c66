import type { Json } from '../../model/json.js';
import { REDACTED, redact } from '../../model/redact.js';

/** Longest text of one value that a result keeps. */
const LONGEST = 500;
/** All values of a result together, in characters of JSON. */
const MOST = 16_000;

/** Names of settings that end so hold secrets, such as `requirepass` and `masterauth`. */
const SECRET_NAME = /(pass|auth|secret|token|private_?key|api_?key)$/i;

/** A value as a result may keep it: short, and no secret, neither by its shape nor by its name. */
export function shown(value: Json | undefined, name = '', longest = LONGEST): Json {
  if (typeof value === 'string') return shownText(value, name, longest);
  if (Array.isArray(value)) return value.map((one) => shown(one, name));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one, key)]));
  return value ?? null;
}

/** As many of the first items as fit into a result. */
export function fitting<Item extends Json>(items: readonly Item[]): Item[] {
  let left = MOST;
  const cut = items.findIndex((item) => {
    left -= JSON.stringify(item).length;
    return left < 0;
  });
  return cut < 0 ? [...items] : items.slice(0, cut);
}

function shownText(value: string, name: string, longest: number): string {
  if (value !== '' && (SECRET_NAME.test(name) || redact(`${name}=${value}`).startsWith(`${name}=${REDACTED}`)))
    return REDACTED;
  const clean = redact(value);
  return clean.length > longest ? `${clean.slice(0, longest)}... (${clean.length} characters)` : clean;
}
