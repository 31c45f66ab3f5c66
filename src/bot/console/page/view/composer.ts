import type { ComposerPlace, State } from '../model/state.js';
import { WORDS } from '../words/language.js';
import type { Words } from '../words/words.js';
import { icon } from './icons.js';
import { want } from './intent.js';
import { h, type ViewNode } from './node.js';

/** The command box, with what could be meant above it. */
export function composerView(place: ComposerPlace, state: State): ViewNode {
  const words = WORDS[state.language];
  const { text, suggestions, chosen } = state.composers[place];
  const list = `suggestions-${place}`;
  const open = suggestions.length > 0;
  return h(
    'form',
    { key: `composer:${place}`, class: 'composer', autocomplete: 'off', on: { submit: want('send', { place }) } },
    suggestionsView(place, list, state, words),
    h('label', { class: 'prefix', for: `box-${place}`, 'aria-hidden': 'true' }, '/recover'),
    h('input', {
      id: `box-${place}`,
      class: 'box',
      type: 'text',
      value: text,
      role: 'combobox',
      placeholder: words.commandHint,
      'aria-label': `${words.commandBox}: /recover`,
      'aria-autocomplete': 'list',
      'aria-expanded': open ? 'true' : 'false',
      'aria-controls': list,
      'aria-activedescendant': chosen === undefined ? undefined : `${list}-${chosen}`,
      autocapitalize: 'none',
      autocorrect: 'off',
      spellcheck: 'false',
      enterkeyhint: 'send',
      maxlength: 2_000,
      on: { input: want('type', { place }), keydown: want('key', { place }), click: want('type', { place }) },
    }),
    place === 'channel' &&
      h(
        'button',
        { type: 'button', class: 'button form-button', title: words.formTitle, on: { click: want('form', {}) } },
        icon('form'),
        h('span', { class: 'wide' }, words.form),
      ),
    h('button', { type: 'submit', class: 'button send', 'aria-label': words.send, title: words.send }, icon('send')),
  );
}

function suggestionsView(place: ComposerPlace, id: string, state: State, words: Words): ViewNode {
  const { suggestions, chosen } = state.composers[place];
  return h(
    'ul',
    {
      id,
      class: 'suggestions',
      role: 'listbox',
      'aria-label': words.suggestions(suggestions.length),
      hidden: suggestions.length === 0,
    },
    ...suggestions.map(({ insert, kind, note }, index) =>
      h(
        'li',
        {
          key: `${kind}:${insert}`,
          id: `${id}-${index}`,
          role: 'option',
          class: index === chosen ? 'chosen' : undefined,
          'aria-selected': index === chosen ? 'true' : 'false',
          on: { mousedown: want('stay', {}), click: want('take', { place, index }) },
        },
        h('span', { class: 'insert' }, insert),
        h('span', { class: 'kind' }, words.kinds[kind]),
        h('span', { class: 'about' }, note),
      ),
    ),
  );
}
