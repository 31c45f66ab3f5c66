import { STEP_SIGNS, TONE_SIGNS } from '../cards/signs.js';
import type { Card, CardStep } from '../port.js';
import { faint, paint } from './paint.js';
import { columns, pad, wrap } from './wrap.js';

export interface RenderOptions {
  /** Only where the output is a terminal. */
  colour: boolean;
  /** Columns. */
  width: number;
  /** Whose message it is. */
  author?: string;
  /** Left of the bar: time since the start. */
  margin?: string;
  /** It answers in a thread. */
  thread?: boolean;
  /** What is typed to press each button, in their order. */
  numbers?: readonly number[];
}

const MARGIN = 8;
const MAX_TEXT_COLUMN = 56;

/** A card as plain text: a left bar, its author, and what it says. Nothing in it can move the cursor. */
export function renderCard(card: Card, options: RenderOptions): string {
  const { colour, width, author, margin, thread = false } = options;
  const bar = `${thread ? '  ┆' : '│'} `;
  const space = margin === undefined ? 0 : MARGIN + 1;
  const room = Math.max(20, width - space - columns(bar));
  const lines = [...(author === undefined ? [] : [author]), ...body(card, room, options)];
  const painted = lines.map((line, index) => {
    const left =
      margin === undefined ? '' : `${faint((index === 0 ? printable(margin) : '').padStart(MARGIN), colour)} `;
    const text = author !== undefined && index === 0 ? faint(printable(line), colour) : printable(line);
    return `${left}${paint(bar, card.tone, colour)}${text}`.trimEnd();
  });
  return painted.join('\n');
}

function body(card: Card, room: number, { numbers = [] }: RenderOptions): string[] {
  const sign = TONE_SIGNS[card.tone];
  return [
    ...wrap(sign ? `${sign} ${card.title}` : card.title, room, '   '),
    ...card.lines.flatMap((line) => wrap(line, room, '  ')),
    ...stepLines(card.steps ?? [], room),
    ...(card.footer ?? []).flatMap((line) => wrap(line, room, '  ')),
    ...buttonLines(card, room, numbers),
  ];
}

function stepLines(steps: readonly CardStep[], room: number): string[] {
  const texts = steps.map(
    ({ number, icon, text }) =>
      `${number === undefined ? '  ' : String(number).padStart(2)} ${STEP_SIGNS[icon]} ${text}`,
  );
  const column = Math.min(MAX_TEXT_COLUMN, Math.max(0, ...texts.map(columns)));
  return steps.flatMap(({ note }, index) =>
    wrap(note ? `${pad(texts[index] ?? '', column)}  ${note}` : (texts[index] ?? ''), room, '     '),
  );
}

function buttonLines({ buttons }: Card, room: number, numbers: readonly number[]): string[] {
  if (buttons.length === 0) return [];
  return wrap(
    buttons
      .map(({ label }, index) =>
        `[${numbers[index] === undefined ? '' : `${numbers[index]} `}${label}]`.replaceAll(' ', '\u00A0'),
      )
      .join(' '),
    room,
  ).map((line) => line.replaceAll('\u00A0', ' '));
}

/** Controls would be commands to the terminal, and bidi marks would reorder what is read. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, ' ');
}
