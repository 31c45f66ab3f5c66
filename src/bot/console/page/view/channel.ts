import { answerCounts, topLevel } from '../model/receive.js';
import type { State } from '../model/state.js';
import { WORDS } from '../words/language.js';
import { composerView } from './composer.js';
import { icon } from './icons.js';
import { want } from './intent.js';
import { messageView, replyView } from './message.js';
import { h, type ViewNode } from './node.js';

/** A tab that is open for weeks shows no more than this. */
const SHOWN = 200;

/** The channel that is open: its messages, and the command box below them. */
export function channelView(state: State): ViewNode {
  const words = WORDS[state.language];
  const messages = topLevel(state.messages, state.channel).slice(-SHOWN);
  const answers = answerCounts(state.messages);
  const replies = state.replies.filter(({ channel, thread }) => channel === state.channel && thread === null);
  const shown = new Set(messages.map(({ id }) => id));
  const below = (message: string) => replies.filter(({ after }) => after === message);
  const elsewhere = replies.filter(({ after }) => after === null || !shown.has(after));
  const loaded = state.loaded.has(state.channel);
  return h(
    'section',
    { key: `channel:${state.channel}`, class: 'channel', 'aria-label': state.channel },
    h(
      'div',
      { class: 'messages', 'data-list': 'channel', role: 'region', 'aria-label': words.messages, tabindex: 0 },
      loaded && messages.length === 0 && h('p', { key: 'empty', class: 'empty' }, words.nothingHere),
      ...messages.flatMap((message) => [
        messageView(message, state, answers.get(message.id) ?? 0),
        ...below(message.id).map((reply) => replyView(reply, state)),
      ]),
      ...elsewhere.map((reply) => replyView(reply, state)),
    ),
    h(
      'div',
      { class: 'bottom' },
      state.below > 0 &&
        h(
          'button',
          { key: 'to-end', type: 'button', class: 'to-end', on: { click: want('to_end', {}) } },
          icon('down'),
          words.newBelow(state.below),
        ),
      composerView('channel', state),
    ),
  );
}
