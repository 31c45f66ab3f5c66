/** Where a secret lies, as people write it: `env:NAME`, `file:/path`, `vault:secret/data/orders#password`. */
export interface Reference {
  /** The word before the colon: it names the source. */
  scheme: string;
  /** What the source is asked for. */
  name: string;
}

/**
 * These may stand alone in a text; others, such as those of extensions, only as `${scheme:name}`. `file:./a.db` and
 * `file:///a.db` are what some programs call their databases, and text.
 */
const BARE = /^(?=env:|file:(?!\.|\/\/)|vault:)(\w+):(\S*)$/;
/** Within a text, several of them, too. */
const WITHIN = /\$\{([a-z][a-z0-9-]{0,30}):([^{}]*)\}/g;
const BRACE = '${';

/** Those that a text holds; most hold none, which is found out without any pattern. */
export function referencesIn(text: string): Reference[] {
  const whole = wholeReference(text);
  if (whole) return [whole];
  if (!text.includes(BRACE)) return [];
  return [...text.matchAll(WITHIN)].map(([, scheme = '', name = '']) => ({ scheme, name }));
}

export function holdsReference(text: string): boolean {
  return referencesIn(text).length > 0;
}

/** The text is nothing but one of them. */
export function wholeReference(text: string): Reference | undefined {
  const [, scheme, name] = BARE.exec(text) ?? [];
  return scheme === undefined || name === undefined ? undefined : { scheme, name };
}

/** For people: a name is no secret. */
export function inWords({ scheme, name }: Reference): string {
  return `${scheme}:${name}`;
}

/**
 * The text with something else in the place of each. What stands within a URL is encoded as its part of a URL needs it, so
 * that a password may have any letters.
 */
export function replaced(text: string, by: (reference: Reference) => string): string {
  const whole = wholeReference(text);
  if (whole) return by(whole);
  const encoded = isUrl(text) ? encodeURIComponent : (value: string) => value;
  return text.replace(WITHIN, (_, scheme: string, name: string) => encoded(by({ scheme, name })));
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** Every text of a value, at any depth, with where it stands. */
export function textsOf(
  value: unknown,
  path: readonly PropertyKey[] = [],
): { path: readonly PropertyKey[]; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  const parts: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return parts.flatMap(([key, part]) => textsOf(part, [...path, key]));
}
