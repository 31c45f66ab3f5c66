import { age, exactTime } from '../model/durations.js';
import type { Button, Message } from '../model/message.js';
import type { PlacedReply, State } from '../model/state.js';
import { type Language, WORDS } from '../words/language.js';
import type { Words } from '../words/words.js';
import { cardView } from './card.js';
import { icon } from './icons.js';
import { type Intent, want } from './intent.js';
import { h, type ViewNode } from './node.js';
import { remembered } from './remembered.js';

/** A message with its age, and the way into its thread when `answers` is given. */
export function messageView(message: Message, { language, now, pressed }: State, answers?: number): ViewNode {
  const old = age(now - message.createdAt, language);
  const press = pressed.get(message.id)?.command;
  return remembered(message, [language, old, press, answers], () => make(message, { language, old, press, answers }));
}

interface Shown {
  language: Language;
  old: string | undefined;
  press: string | undefined;
  answers: number | undefined;
}

function make(message: Message, { language, old, press, answers }: Shown): ViewNode {
  const { card, author } = message;
  const words = WORDS[language];
  const own = card.author !== undefined;
  const body = own
    ? h('p', { class: 'said' }, card.title)
    : cardView(card, {
        words,
        wants: ({ command }) => want('press', { message: message.id, command }),
        pressed: press,
      });
  return h(
    'article',
    {
      key: message.id,
      class: own ? 'message own' : 'message',
      tabindex: -1,
      'data-message': message.id,
      'aria-label': `${author}: ${card.title}`,
    },
    h(
      'div',
      { class: 'by' },
      h('span', { class: 'author' }, author),
      timeView(message, old, language),
      answers !== undefined && (!own || answers > 0) && threadButton(message.id, answers, words),
    ),
    body,
  );
}

/** For this person alone, below what it answers. */
export function replyView(reply: PlacedReply, { language }: State): ViewNode {
  const words = WORDS[language];
  const { channel, thread, after } = reply;
  const wants = (button: Button): Intent =>
    reply.repeat
      ? want('repeat', { act: reply.repeat, reply: reply.id })
      : want('say', { button, channel, thread, after, reply: reply.id });
  return h(
    'article',
    { key: reply.id, class: 'message private', tabindex: -1, 'aria-label': `${words.onlyYou}: ${reply.card.title}` },
    h(
      'div',
      { class: 'by' },
      icon('lock'),
      h('span', { class: 'author' }, words.onlyYou),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet dismiss',
          'aria-label': words.dismiss,
          title: words.dismiss,
          on: { click: want('dismiss', { reply: reply.id }) },
        },
        icon('close'),
      ),
    ),
    cardView(reply.card, { words, wants }),
  );
}

function threadButton(message: string, answers: number, words: Words): ViewNode {
  return h(
    'button',
    {
      key: 'thread',
      type: 'button',
      class: 'quiet thread-button',
      on: { click: want('open_thread', { message }) },
    },
    icon('thread'),
    answers > 0 ? words.threadOf(answers) : words.thread,
  );
}

/** How long ago; the exact times in the reader's zone when it is pointed at. */
function timeView({ createdAt, editedAt }: Message, old: string | undefined, language: Language): ViewNode {
  const words = WORDS[language];
  const changed = editedAt === null ? '' : `, ${words.edited(exactTime(editedAt, language))}`;
  return h(
    'time',
    { datetime: new Date(createdAt).toISOString(), title: `${exactTime(createdAt, language)}${changed}` },
    old === undefined ? words.justNow : words.ago(old),
  );
}
