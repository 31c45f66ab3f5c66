import { answersTo } from '../model/receive.js';
import type { State } from '../model/state.js';
import { WORDS } from '../words/language.js';
import { bannerView } from './banner.js';
import { composerView } from './composer.js';
import { icon } from './icons.js';
import { want } from './intent.js';
import { messageView, replyView } from './message.js';
import { h, type ViewNode } from './node.js';

/** A message and what was said below it; beside the channel, or in its place on a phone. */
export function threadView(state: State): ViewNode | undefined {
  const parent = state.thread === null ? undefined : state.messages.get(state.thread);
  if (!parent) return undefined;
  const words = WORDS[state.language];
  const answers = answersTo(state.messages, parent.id);
  const replies = state.replies.filter(({ thread }) => thread === parent.id);
  return h(
    'aside',
    { key: `thread:${parent.id}`, class: 'thread', 'aria-label': words.thread },
    h(
      'header',
      { class: 'bar' },
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': words.closeThread,
          title: words.closeThread,
          'data-focus': 'thread',
          on: { click: want('close', {}) },
        },
        icon('back'),
      ),
      h('h2', {}, words.thread),
      bannerView(state),
    ),
    h(
      'div',
      { class: 'messages', 'data-list': 'thread', role: 'region', 'aria-label': words.messages, tabindex: 0 },
      messageView(parent, state),
      h('hr', { key: 'rule' }),
      answers.length === 0 && h('p', { key: 'empty', class: 'empty' }, words.threadEmpty),
      ...answers.map((answer) => messageView(answer, state)),
      ...replies.map((reply) => replyView(reply, state)),
    ),
    h('div', { class: 'bottom' }, composerView('thread', state)),
  );
}
