import { STEP_SIGNS, TONE_SIGNS } from '../../cards/signs.js';
import type { Card, CardStep, PostOptions } from '../../port.js';
import type { Words } from '../words.js';
import { cut } from './cut.js';
import { fitMessage, type Parts } from './fit-message.js';
import { clean, htmlOf, type Line, plainOf } from './html.js';

export interface Rendered {
  /** For `parse_mode: HTML`. */
  html: string;
  /** The same without any markup, should Telegram not be able to read it. */
  plain: string;
}

const MAX_NAMES = 20;
const MAX_NAME = 64;
/** Telegram refuses a message in which nothing can be seen; these are letters and signs that cannot. */
const INVISIBLE = /[\u115F\u1160\u2800\u3164\uFFA0]/g;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const NOTHING = '—';

/** Whatever is in the card, Telegram takes it. Pure. */
export function renderCard(card: Card, words: Words, mention: PostOptions['mention'] = []): Rendered {
  const lines = fitMessage(partsOf(card, words, mention), words.more);
  const plain = plainOf(lines);
  if (!VISIBLE.test(plain.replace(INVISIBLE, ''))) return { html: NOTHING, plain: NOTHING };
  return { html: htmlOf(lines), plain };
}

/** `answerCallbackQuery` takes 200. */
export const MAX_ALERT = 200;

/** The card as one short plain text; `whole`: nothing of it is missing. */
export function alertText(card: Card, words: Words, max = MAX_ALERT): { text: string; whole: boolean } {
  const { head, middle, tail } = partsOf(card, words, []);
  const all = plainOf([...head, ...middle, ...tail]);
  const text = cut(all, max);
  return { text: VISIBLE.test(text) ? text : NOTHING, whole: text === all };
}

function partsOf(card: Card, words: Words, mention: NonNullable<PostOptions['mention']>): Parts {
  const text = (line: string): Line => [{ text: clean(line) }];
  const sign = TONE_SIGNS[card.tone];
  const author = card.author === undefined ? '' : clean(card.author);
  return {
    head: [
      [
        ...(author ? [{ text: `${author}: ` }] : []),
        ...(sign ? [{ text: `${sign} ` }] : []),
        { text: clean(card.title), style: 'bold' },
      ],
    ],
    middle: [...card.lines.map(text), ...(card.steps ?? []).map(stepLine)].filter(isSomething),
    tail: [...(card.footer ?? []).map(text), ...called(mention, words)].filter(isSomething),
  };
}

function stepLine({ number, icon, text, note }: CardStep): Line {
  const start = [number === undefined ? '' : String(number), STEP_SIGNS[icon], clean(text)].filter(Boolean).join(' ');
  const result = note === undefined ? '' : clean(note);
  return [{ text: start }, ...(result ? [{ text: ' · ' }, { text: result, style: 'italic' as const }] : [])];
}

/** Naming somebody by number is what makes their phone ring. */
function called(mention: NonNullable<PostOptions['mention']>, words: Words): Line[] {
  const names = mention.slice(0, MAX_NAMES).map(({ id, name, kind }) => ({
    text: cut(clean(name) || clean(id) || NOTHING, MAX_NAME),
    ...(kind === 'person' ? { user: id } : {}),
  }));
  if (names.length === 0) return [];
  return [
    [{ text: `${words.calls} ` }, ...names.flatMap((name, index) => (index === 0 ? [name] : [{ text: ', ' }, name]))],
  ];
}

function isSomething(line: Line): boolean {
  return line.some(({ text }) => text !== '');
}
