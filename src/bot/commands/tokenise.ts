import { Mistake } from './mistake.js';

export const MAX_COMMAND_LENGTH = 2_000;

/** What phones and word processors make of quotes; each closes with its own partner. */
const CLOSING: Record<string, string> = {
  '"': '"',
  "'": "'",
  '“': '”„“',
  '”': '”“',
  '„': '“”',
  '‘': '’‘',
  '’': '’',
  '«': '»',
};
const BLANK = /[\s\u00A0\u2007\u202F]/u;
/** Left behind by copying: no meaning, no width. */
const INVISIBLE = /[\u200B\u2060\uFEFF]/gu;
/** Controls other than blanks, lone surrogates, and what reorders text: never part of a command. */
const FORBIDDEN = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;
/** Phones turn `--` into a dash. */
const DASH = /^[—–](?=[a-z])/u;

/**
 * Words of a command line. Quotes, also typographic ones, hold words together; `\` takes the next character as it is;
 * a dash before a word is read as `--`. Throws `UserError` for text that is too long, has control characters, or does
 * not close a quote.
 */
export function tokenise(text: string): string[] {
  return split(Array.from(legible(text)));
}

/** The text without what has no width. Throws `UserError` for what is too long or has control characters. */
export function legible(text: string): string {
  if (text.length > MAX_COMMAND_LENGTH)
    throw new Mistake('too_large', ({ mistakes }) => mistakes.tooLong(text.length, MAX_COMMAND_LENGTH));
  const clean = text.replace(INVISIBLE, '');
  const bad = FORBIDDEN.exec(clean);
  if (bad) {
    const code = (bad[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new Mistake('malformed', ({ mistakes }) => mistakes.control(`U+${code}`, bad.index + 1));
  }
  return clean;
}

/** Without the quotes around all of it, where they belong together. */
export function unquoted(text: string): string {
  const [first = '', ...rest] = Array.from(text);
  const last = rest.pop();
  const closing = CLOSING[first];
  if (last === undefined || !closing?.includes(last)) return text;
  // `"said" and "done"` is no text in quotes.
  return rest.some((c) => c === first || closing.includes(c)) ? text : rest.join('').trim();
}

/** The command line that gives these words again. */
export function formatCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@+-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`)).join(' ');
}

function split(characters: string[]): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let closing: string | undefined;
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] ?? '';
    if (c === '\\' && i + 1 < characters.length) word = (word ?? '') + characters[++i];
    else if (closing !== undefined) {
      if (closing.includes(c)) closing = undefined;
      else word = (word ?? '') + c;
    } else if (opens(c, word)) {
      closing = CLOSING[c];
      word ??= '';
    } else if (!BLANK.test(c)) word = ((word ?? '') + c).replace(DASH, '--');
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  const open = closing?.charAt(0);
  if (open !== undefined) throw new Mistake('malformed', ({ mistakes }) => mistakes.openQuote(open));
  if (word !== undefined) words.push(word);
  return words;
}

/** A quote opens at the start of a word or of a value, so that the apostrophe of `don't` is only itself. */
function opens(c: string, word: string | undefined): boolean {
  return CLOSING[c] !== undefined && (word === undefined || word.endsWith('='));
}
