/** Longer texts are read up to here: what an incident is says its beginning, and a stack trace repeats itself. */
const LONGEST = 4_000;

/**
 * The words of a text as they are compared: small letters, `ё` as `е`, names such as `HostOutOfDiskSpace` and `CERT_HAS_EXPIRED`
 * taken apart, no punctuation. Ids, hashes, addresses and times are left out: no other text has the same.
 */
export function wordsOf(text: string): string[] {
  return text
    .slice(0, LONGEST)
    .normalize('NFKC')
    .replace(/\b[0-9a-f]{8,}\b|\b[0-9a-f]{8}-[0-9a-f-]{27}\b/gi, ' ')
    .replace(/\bpostgre(?:sql|s)?/gi, ' postgres ')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll}{2})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(telling);
}

/** Names of alerts and errors as they stand, such as `HostOutOfDiskSpace`, `ECONNREFUSED` and `CERT_HAS_EXPIRED`: `=ECONNREFUSED`. */
export function codesOf(text: string): string[] {
  const found = text.slice(0, LONGEST).match(CODE) ?? [];
  return [...new Set(found.map((code) => `=${code}`))].slice(0, MOST_CODES);
}

const CODE =
  /\b(?:[A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]*){1,8}|[A-Z]{2,}[a-z]+(?:[A-Z][a-z0-9]+){1,8}|E[A-Z]{4,}|[A-Z]{2,}(?:_[A-Z0-9]+){1,6})\b/g;
const MOST_CODES = 20;

/** Numbers tell something when they are short: `137`, `503`, `95`. */
function telling(word: string): boolean {
  if (word.length === 0 || word.length > 40) return false;
  if (/^\d+$/.test(word)) return word.length <= 5;
  return !/\d.*\p{L}.*\d/u.test(word);
}
