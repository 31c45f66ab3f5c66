import { REDACTED, redact } from '../../engine/model/redact.js';

/** Text as cards may carry it: everything from outside comes through here. Pure, and the same in every language. */

/** Characters that could forge a line, hide text or reorder it: controls, line separators, bidi overrides, zero width, tags. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;
/** Also wide, thin and no-break blanks: many of them could push text to the place of a row. */
const BLANKS = /\p{Zs}+/gu;
/** Characters that are looked at: a card shows a few hundred, and what is cut off here could only be less. */
const LOOKED_AT = 50_000;

/** Text from outside as one line of at most `max` characters, without secrets: it can imitate no line of a card. */
export function oneLine(text: string, max = 300): string {
  const flat = text.slice(0, LOOKED_AT).replace(UNSAFE, ' ').replace(BLANKS, ' ').trim();
  const characters = Array.from(redact(flat));
  return characters.length > max ? `${characters.slice(0, max - 1).join('')}…` : characters.join('');
}

/** What separates the fields of a title, and the signs of states before it. */
const FIELDS = /•••|[·•∙⋅・]|\p{Extended_Pictographic}\uFE0F?/gu;

/** As `oneLine`, for a place beside Reviver's own fields: it can neither begin another field nor show a state. */
export function oneField(text: string, max = 120): string {
  return oneLine(text, max)
    .replace(FIELDS, (sign) => (sign === REDACTED ? sign : ' '))
    .replace(BLANKS, ' ')
    .trim();
}

/** As `oneLine`, for a place within quotation marks: it cannot end the quotation. */
export function quotable(text: string, max = 300): string {
  return oneLine(text, max).replace(/[“”„‟«»]/g, '"');
}

/** `7f3a·91c2`: what people compare. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 4)}·${digest.slice(4, 8)}`;
}

/** The parts that say something, joined as in a title: `R-41 · redis · cancelled`. */
export function dotted(...parts: (string | undefined | false)[]): string {
  return parts.filter((part): part is string => Boolean(part)).join(' · ');
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** As a sentence: with a capital, and a mark at its end. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? capital(text) : `${capital(text)}.`;
}
