import { channelsOf } from '../model/go.js';
import type { State } from '../model/state.js';
import { WORDS } from '../words/language.js';
import { icon } from './icons.js';
import { type Intent, want } from './intent.js';
import { h, spoken, type ViewNode } from './node.js';

/** Where one can go, and who is here. */
export function sidebarView(state: State): ViewNode {
  const words = WORDS[state.language];
  const person = state.session.kind === 'in' ? state.session.person : undefined;
  return h(
    'nav',
    { key: 'sidebar', class: state.menuOpen ? 'sidebar open' : 'sidebar', 'aria-label': words.menu },
    h('p', { class: 'brand' }, h('span', { class: 'mark', 'aria-hidden': 'true' }), 'Reviver'),
    h(
      'ul',
      {},
      h('li', {}, place(words.overview, 'home', state.view === 'home', want('go_home', {}))),
      h('li', { class: 'heading' }, words.channels),
      ...channelsOf(state).map(({ name }) => h('li', { key: name }, channelLink(name, state))),
    ),
    h(
      'div',
      { class: 'who' },
      h('p', {}, h('strong', {}, person?.name ?? ''), h('small', {}, person?.roles.join(', ') || words.noRole)),
      h(
        'div',
        { class: 'row' },
        h('button', { type: 'button', class: 'quiet', on: { click: want('help', {}) } }, words.help, h('kbd', {}, '?')),
        h('button', { type: 'button', class: 'quiet', on: { click: want('sign_out', {}) } }, words.signOut),
      ),
    ),
  );
}

function channelLink(name: string, state: State): ViewNode {
  const words = WORDS[state.language];
  const unread = state.unread.get(name) ?? 0;
  const here = state.view === 'channel' && state.channel === name;
  const count =
    unread > 0 &&
    h('span', { class: 'count' }, h('span', { 'aria-hidden': 'true' }, String(unread)), spoken(words.unread(unread)));
  return place(name, 'hash', here, want('go', { channel: name }), count);
}

function place(
  text: string,
  sign: 'home' | 'hash',
  here: boolean,
  click: Intent,
  count: ViewNode | false = false,
): ViewNode {
  return h(
    'button',
    { type: 'button', class: here ? 'place here' : 'place', 'aria-current': here && 'page', on: { click } },
    icon(sign),
    h('span', { class: 'place-name' }, text),
    count,
  );
}
