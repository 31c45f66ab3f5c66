/** A piece of a line, in one style. Its text is plain. */
export interface Span {
  text: string;
  style?: 'bold' | 'italic';
  /** Number of the person whom it names. */
  user?: string;
}

export type Line = readonly Span[];

/** What must be written differently in Telegram's HTML. */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Controls, line separators and what reorders text; halves of characters. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const REORDERING = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const HALVES = /\p{Cs}/gu;

/** Text from anywhere as one line that shows what it says. */
export function clean(text: string): string {
  return text.replace(HALVES, '\uFFFD').replace(REORDERING, '').replace(UNSAFE, ' ').trim();
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

export function htmlOf(lines: readonly Line[]): string {
  return lines.map((line) => line.map(spanHtml).join('')).join('\n');
}

export function plainOf(lines: readonly Line[]): string {
  return lines.map((line) => line.map(({ text }) => text).join('')).join('\n');
}

/** Units of UTF-16, as Telegram counts them. */
export function lengthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + text.length, 0);
}

function spanHtml({ text, style, user }: Span): string {
  const escaped = escapeHtml(text);
  if (user !== undefined && /^\d+$/.test(user)) return `<a href="tg://user?id=${user}">${escaped}</a>`;
  if (style === 'bold') return `<b>${escaped}</b>`;
  return style === 'italic' ? `<i>${escaped}</i>` : escaped;
}
