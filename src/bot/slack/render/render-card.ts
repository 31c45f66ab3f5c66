import type { types } from '@slack/bolt';
import { STEP_SIGNS, TONE_SIGNS } from '../../cards/signs.js';
import type { Card, CardStep, Language } from '../../port.js';
import { WORDS } from '../words.js';
import { buttonRow } from './buttons.js';
import { AS_JSON, clean, cut, ESCAPED, escapeText, fitLines, flat } from './fit.js';
import { type Mention, mentionRun, richText, runs, textRun } from './rich-text.js';

/** What is sent: `text` is read aloud and shown in notifications, `blocks` are seen. */
export interface Rendered {
  text: string;
  blocks: types.KnownBlock[];
  /** Lines and steps that had no room. */
  left: number;
}

export interface RenderOptions {
  language: Language;
  mention?: readonly Mention[];
}

/**
 * Room of each part, in characters of JSON. Slack refuses blocks of more than about 11,000 in all, without saying what it
 * counts (bolt-js#2867), and `text` above 4,000 in an edit.
 */
const ROOM = { title: 500, lines: 3_000, line: 1_500, steps: 2_200, footer: 600, buttons: 2_600, text: 3_500 };
const MOST_CODE = 10;
const MOST_MENTIONS = 10;
const ID = /^[\w.-]{1,40}$/;

/** A card as Slack shows it. Pure; any card gives a message that Slack takes. */
export function renderCard(card: Card, { language, mention = [] }: RenderOptions): Rendered {
  const words = WORDS[language];
  const called = mention.filter(({ id }) => ID.test(id)).slice(0, MOST_MENTIONS);
  const title = cut(flat(titleOf(card)), ROOM.title, AS_JSON) || '…';
  const lines = fitLines(card.lines, ROOM.lines, ROOM.line);
  const steps = fitLines((card.steps ?? []).map(stepLine), ROOM.steps, ROOM.line);
  const footer = fitLines(card.footer ?? [], ROOM.footer, ROOM.footer);
  const body = [...lines.kept, ...(lines.left > 0 ? [words.moreLines(lines.left)] : [])];
  const plan = [...steps.kept, ...(steps.left > 0 ? [words.moreSteps(steps.left)] : [])];
  const foot = footer.kept.join('\n').trim();
  const head = richText(
    ...called.flatMap((each) => [mentionRun(each), textRun(' ')]),
    textRun(title, true),
    ...(body.length > 0 ? runs(`\n${body.join('\n')}`, MOST_CODE) : []),
  );
  return {
    text: spoken(called, [title, ...body, ...plan, foot]),
    blocks: [
      head,
      ...(plan.length > 0 ? [richText(textRun(plan.join('\n')))] : []),
      ...(foot === '' ? [] : [richText(...runs(foot, 5))]),
      ...buttonRow(card.buttons, words, ROOM.buttons),
    ],
    left: lines.left + steps.left + footer.left,
  };
}

/** All that a card says, however long: for a file. */
export function plainCard(card: Card): string {
  return clean([titleOf(card), ...card.lines, ...(card.steps ?? []).map(stepLine), ...(card.footer ?? [])].join('\n'));
}

function titleOf({ tone, title, author }: Card): string {
  return [TONE_SIGNS[tone], author === undefined ? '' : `${author}:`, title].filter(Boolean).join(' ');
}

function stepLine({ number, icon, text, note }: CardStep): string {
  const place = number === undefined ? '\u2007' : String(number).padStart(2, '\u2007');
  return flat(note ? `${text} — ${note}` : text).replace(/^/, `${place} ${STEP_SIGNS[icon]} `);
}

/** Mentions are the only markup; all else is escaped after it was cut, so that no entity is ever cut through. */
function spoken(called: readonly Mention[], lines: readonly string[]): string {
  const mentions = called.map(({ id, kind }) => (kind === 'group' ? `<!subteam^${id}> ` : `<@${id}> `)).join('');
  return mentions + escapeText(cut(lines.join('\n'), ROOM.text, ESCAPED));
}
