/** Controls but line ends, lone surrogates, line separators, and what reorders text. */
const UNSAFE = /(?!\n)\p{Cc}|[\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
/** Half of a character that is cut through. */
const HALF_PAIR = /[\uD800-\uDBFF]$/;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Text that Slack takes: well-formed, without controls. */
export function clean(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(UNSAFE, ' ');
}

/** The same, on one line. */
export function flat(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim();
}

/** `&`, `<` and `>` are all that Slack's markup decodes: after this no mention, link or entity of others is left. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** How much of a limit a piece of text takes. */
export type Cost = (text: string) => number;
export const LENGTH: Cost = (text) => text.length;
/** As in the message's own JSON, which is what Slack seems to count: `"` and line ends are two. */
export const AS_JSON: Cost = (text) => JSON.stringify(text).length - 2;
export const ESCAPED: Cost = (text) => escapeText(text).length;

/** At most `max`, by whole graphemes; what was cut ends with an ellipsis. One grapheme that is too long is left out. */
export function cut(text: string, max: number, cost: Cost = LENGTH): string {
  if (text.length <= max && cost(text) <= max) return text;
  // Every cost is at least the length: what lies behind `max` need not be looked at.
  const head = text.slice(0, max + 1);
  const end = GRAPHEMES.segment(head).containing(longestFit(head, max - 1, cost))?.index ?? 0;
  return `${head.slice(0, end)}…`;
}

/** How many characters from the beginning cost `max` at most; all of them cost more. Seeks by halves, for logs are long. */
function longestFit(text: string, max: number, cost: Cost): number {
  let fits = 0;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    const whole = text.slice(0, middle).replace(HALF_PAIR, '');
    if (cost(whole) <= max) fits = middle;
    else tooLong = middle;
  }
  return fits;
}

/** The first lines that have room in `max`, and how many have not; each line at most `maxLine`. */
export function fitLines(lines: readonly string[], max: number, maxLine: number): { kept: string[]; left: number } {
  const kept: string[] = [];
  let spent = 0;
  for (const line of lines) {
    const fitted = cut(clean(line), maxLine, AS_JSON);
    spent += AS_JSON(fitted) + 2;
    if (spent > max) break;
    kept.push(fitted);
  }
  return { kept, left: lines.length - kept.length };
}
