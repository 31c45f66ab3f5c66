import { cut } from './cut.js';
import { type Line, lengthOf } from './html.js';

/** Units of UTF-16 after entity parsing. https://core.telegram.org/bots/api#sendmessage */
export const MAX_TEXT = 4_096;
/** Most lines of one message; also keeps the number of entities below what Telegram reads. */
const MAX_LINES = 80;
const MAX_LINE = 700;
/** What first and last lines may take: title, and what is to be done next. */
const MAX_EDGE = 1_200;

export interface Parts {
  head: readonly Line[];
  middle: readonly Line[];
  tail: readonly Line[];
}

/** Keeps a message within Telegram's limits: head and tail stay, the middle says how much of it is missing. */
export function fitMessage({ head, middle, tail }: Parts, more: (lines: number) => string): Line[] {
  const first = within(head, MAX_EDGE);
  const last = within(tail, MAX_EDGE);
  const room = MAX_TEXT - sizeOf(first) - sizeOf(last);
  const lines = middle.map((line) => cutLine(line, MAX_LINE));
  const most = MAX_LINES - first.length - last.length;
  if (lines.length <= most && sizeOf(lines) <= room) return [...first, ...lines, ...last];
  const marker = (kept: number): Line => [{ text: more(lines.length - kept), style: 'italic' }];
  let kept = 0;
  let size = sizeOf([marker(0)]);
  for (const line of lines.slice(0, most - 1)) {
    size += lengthOf(line) + 1;
    if (size > room) break;
    kept++;
  }
  return [...first, ...lines.slice(0, kept), marker(kept), ...last];
}

/** The first ones that fit, the last of them cut. */
function within(lines: readonly Line[], max: number): Line[] {
  const kept: Line[] = [];
  let room = max;
  for (const line of lines) {
    const whole = cutLine(line, Math.min(MAX_LINE, room - 1));
    if (lengthOf(whole) === 0) break;
    kept.push(whole);
    room -= lengthOf(whole) + 1;
  }
  return kept;
}

function cutLine(line: Line, max: number): Line {
  if (lengthOf(line) <= max) return line;
  const kept: Line[number][] = [];
  let room = max;
  for (const span of line) {
    const text = cut(span.text, room);
    if (text !== '') kept.push({ ...span, text });
    room -= text.length;
    if (text.length < span.text.length) break;
  }
  return kept;
}

/** With the line breaks. */
function sizeOf(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + lengthOf(line) + 1, 0);
}
