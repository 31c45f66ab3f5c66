import { LEXICON } from './lexicon.js';

interface Concept {
  /** Begins with `#`, which no word does. */
  name: string;
  pattern: RegExp;
}

/** What a text speaks of, however it says so: `#disk_full` for "no space left on device" and for "кончилось место". */
export function conceptsIn(words: readonly string[]): string[] {
  const text = ` ${words.join(' ')} `;
  compiled ??= compile();
  return compiled.filter(({ pattern }) => pattern.test(text)).map(({ name }) => name);
}

/** Every whole word of the lexicon. */
export function lexiconWords(): string[] {
  return [...new Set(Object.values(LEXICON).flatMap((phrases) => phrases.split(/[\s,|&_]+/)))].filter((word) =>
    /^\p{L}+$/u.test(word),
  );
}

const BETWEEN = '(?: \\S+){0,3}?';
const AROUND = '(?: \\S+){0,6}?';

/**
 * One phrase of the lexicon: words in their order; `disk*` any ending, `a|b` one of these, `_` up to three words between, `N` a
 * number; `a & b` both in any order, up to six words apart.
 */
export function phraseRegExp(phrase: string): string {
  const clean = phrase
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/(?<=\S)_(?=\S)/g, ' ');
  const parts = clean.split(' & ').map(sequence);
  const [first = '', second] = parts;
  return second === undefined ? first : `${first}${AROUND}${second}|${second}${AROUND}${first}`;
}

function sequence(phrase: string): string {
  return phrase
    .split(' ')
    .map((word) => (word === '_' ? BETWEEN : ` (?:${word.split('|').map(ending).join('|')})(?= )`))
    .join('');
}

function ending(word: string): string {
  if (word === 'N') return '\\d+';
  return word.endsWith('*') ? `${word.slice(0, -1)}\\S*` : word;
}

let compiled: readonly Concept[] | undefined;

/** Once a process, when the first text is read. */
function compile(): readonly Concept[] {
  return Object.entries(LEXICON).map(([name, phrases]) => ({
    name: `#${name}`,
    pattern: new RegExp(phrases.split(',').map(phraseRegExp).join('|'), 'u'),
  }));
}
