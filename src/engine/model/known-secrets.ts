/**
 * Secrets whose values this process has had in its hands, in every form in which a program may repeat them. They are those
 * of the process and not of a caller: a text is clean only when none of them is in it, wherever it was made.
 */
const forms = new Set<string>();
/** The values, the one that was met last at the end. */
const values = new Set<string>();
let pattern: RegExp | undefined;

/** More were rotated away long ago. */
const MOST_VALUES = 1_000;
/** Shorter ones stand in ordinary words by chance. */
const SHORTEST = 8;

/** From now on no text may hold it. One that is too plain to be told from a word is passed over: `isPlain` says which. */
export function rememberSecret(value: string): void {
  const parts = partsOf(value).filter((part) => !isPlain(part) && !values.has(part));
  if (parts.length === 0) return;
  for (const part of parts) values.add(part);
  for (const old of values) {
    if (values.size <= MOST_VALUES) break;
    values.delete(old);
  }
  forms.clear();
  for (const each of values) for (const form of formsOf(each)) forms.add(form);
  // The longest first: a part of one must not leave the rest of it.
  const all = [...forms].sort((a, b) => b.length - a.length).map(escaped);
  pattern = new RegExp(all.join('|'), 'g');
}

export function knowsSecrets(): boolean {
  return pattern !== undefined;
}

/** The text with `by` in their places. Where nothing is known, this is nothing but one comparison. */
export function withoutKnownSecrets(text: string, by: string): string {
  return pattern === undefined || text.length < SHORTEST ? text : text.replace(pattern, by);
}

/** Too short, or one word of one kind of letter or digit: to take it out would take words out of ordinary texts. */
export function isPlain(value: string): boolean {
  if (value.length < SHORTEST) return true;
  return value.length < 16 && /^(?:[a-z]+|[A-Z]+|\d+)$/.test(value);
}

/** For tests: as if the process had just begun. */
export function forgetSecrets(): void {
  values.clear();
  forms.clear();
  pattern = undefined;
}

/** It and what is secret in it: lines of a key, the password of a URL, what follows `Bearer`. */
function partsOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'));
  const [, token] = /^(?:Bearer|Basic|Token) (\S+)$/i.exec(value) ?? [];
  // Of a variable that holds two while one is changed.
  const both = /^[^\s,]{16,}(?:,[^\s,]{16,})+$/.test(value) ? value.split(',') : [];
  return [
    value.trim(),
    ...both,
    ...(value.includes('\n') ? lines : []),
    ...(token ? [token] : []),
    ...passwordOf(value),
  ];
}

function passwordOf(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  return password === '' ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function formsOf(value: string): string[] {
  const uri = encodeURIComponent(value);
  return [
    value,
    uri,
    uri.replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`),
    uri.replaceAll('%20', '+'),
    uri.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURI(value),
    inJson(value),
    inJson(inJson(value)),
    inJson(value).replaceAll('/', '\\/'),
    ...[0, 1, 2].flatMap((offset) => inBase64(value, offset)),
  ].filter((form) => form.length >= SHORTEST);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As it stands within something longer, such as `user:password`: without the letters that its neighbours decide, too. */
function inBase64(value: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const from = [0, 2, 3][offset] ?? 0;
  const core = whole.slice(from, bytes.length % 3 === 0 ? undefined : -1);
  return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
