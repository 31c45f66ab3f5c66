import type { State } from '../model/state.js';
import { WORDS } from '../words/language.js';
import { bannerView } from './banner.js';
import { cardView } from './card.js';
import { channelView } from './channel.js';
import { dialogView } from './dialogs.js';
import { icon } from './icons.js';
import { want } from './intent.js';
import { loginView } from './login.js';
import { h, type ViewNode } from './node.js';
import { sidebarView } from './sidebar.js';
import { threadView } from './thread.js';

/** The whole page, from the state alone. */
export function pageView(state: State): ViewNode[] {
  if (state.session.kind !== 'in') return [loginView(state)];
  const words = WORDS[state.language];
  const aside = threadView(state);
  const name = aside ? 'app with-thread' : 'app';
  return [
    h('button', { key: 'skip', type: 'button', class: 'skip', on: { click: want('to_box', {}) } }, words.toCommandBox),
    h(
      'div',
      { key: 'app', class: name },
      sidebarView(state),
      h('main', { key: 'main' }, topBar(state), state.view === 'home' ? homeView(state) : channelView(state)),
      aside,
    ),
    h('div', { key: 'announcement', class: 'spoken', role: 'status', 'aria-live': 'polite' }, state.announcement),
    ...[dialogView(state)].filter((dialog) => dialog !== undefined),
  ];
}

function topBar(state: State): ViewNode {
  const words = WORDS[state.language];
  const unread = [...state.unread.values()].reduce((sum, count) => sum + count, 0);
  return h(
    'header',
    { key: 'bar', class: 'bar' },
    h(
      'button',
      {
        type: 'button',
        class: 'quiet menu-button',
        'aria-label': unread > 0 ? `${words.menu}, ${words.unread(unread)}` : words.menu,
        'aria-expanded': state.menuOpen ? 'true' : 'false',
        on: { click: want('menu', {}) },
      },
      icon('menu'),
      unread > 0 && h('span', { class: 'count', 'aria-hidden': 'true' }, String(unread)),
    ),
    h('h1', {}, state.view === 'home' ? words.overview : state.channel),
    bannerView(state),
  );
}

/** Services, what waits for people, and what runs; its buttons are typed in the channel. */
function homeView(state: State): ViewNode {
  const words = WORDS[state.language];
  const { home, channel } = state;
  return h(
    'section',
    { key: 'home', class: 'home', 'aria-label': words.overview, 'aria-busy': home === undefined && 'true' },
    home?.length === 0 && h('p', { class: 'empty' }, words.overviewEmpty),
    ...(home ?? []).map((card, index) =>
      h(
        'article',
        { key: String(index), class: 'message', tabindex: -1, 'aria-label': card.title },
        cardView(card, {
          words,
          wants: (button) => want('say', { button, channel, thread: null, after: null }),
        }),
      ),
    ),
  );
}
