/** Small pieces of language that the cards share. Everything here is pure and gives plain text. */

/** Characters that could forge a line, hide text or reorder it: controls, line separators, bidi overrides, zero width, tags. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;
/** Also wide, thin and no-break blanks: many of them could push text to the place of a row. */
const BLANKS = /\p{Zs}+/gu;

/** Text from outside as one line of at most `max` characters: it can imitate no field of a card. */
export function oneLine(text: string, max = 300): string {
  const flat = text.replace(UNSAFE, ' ').replace(BLANKS, ' ').trim();
  const characters = Array.from(flat);
  return characters.length > max ? `${characters.slice(0, max - 1).join('')}…` : flat;
}

/** `7f3a·91c2`: what people compare. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 4)}·${digest.slice(4, 8)}`;
}

/** `8 s`, `3 min`, `2 h`, `4 d`: a duration that only tells the scale. */
export function about(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** `one approval`, `3 alerts` */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n === 1 ? 'one' : n} ${n === 1 ? one : many}`;
}

/** `Lee`, `Lee and Max`, `Ann, Lee or Max` */
export function enumerate(names: readonly string[], word: 'and' | 'or' = 'and'): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} ${word} ${names[names.length - 1]}`;
}

/** The parts that say something, joined as in a title: `R-41 · redis · cancelled`. */
export function dotted(...parts: (string | undefined | false)[]): string {
  return parts.filter((part): part is string => Boolean(part)).join(' · ');
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `steps 1-2`, `steps 1 and 3`, `step 4` */
export function stepNumbers(numbers: readonly number[]): string {
  const [first, ...rest] = numbers;
  if (first === undefined) return '';
  if (rest.length === 0) return `step ${first}`;
  const last = rest[rest.length - 1] ?? first;
  const run = numbers.every((number, index) => number === first + index);
  return run ? `steps ${first}-${last}` : `steps ${enumerate(numbers.map(String))}`;
}
