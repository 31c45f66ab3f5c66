import type { Confirming, Dialog } from '../model/dialog.js';
import type { State } from '../model/state.js';
import { WORDS } from '../words/language.js';
import type { Words } from '../words/words.js';
import { backButton } from './back-button.js';
import { formView } from './form.js';
import { want } from './intent.js';
import { h, type ViewNode } from './node.js';

/** What stands in front of everything else, if anything. */
export function dialogView(state: State): ViewNode | undefined {
  const { dialog } = state;
  if (!dialog) return undefined;
  const words = WORDS[state.language];
  return h(
    'dialog',
    {
      key: `dialog:${dialog.kind}`,
      class: dialog.kind,
      'data-modal': true,
      'aria-labelledby': 'dialog-title',
      on: { cancel: want('close', {}) },
    },
    ...contentOf(dialog, state, words),
  );
}

function contentOf(dialog: Dialog, state: State, words: Words): ViewNode[] {
  if (dialog.kind === 'confirm') return confirmView(dialog, words);
  return dialog.kind === 'form' ? formView(dialog, state, words) : helpView(words);
}

/** Repeats what the button says; going back is what Enter does. */
function confirmView({ question, label, danger, act, reply }: Confirming, words: Words): ViewNode[] {
  return [
    h('h2', { id: 'dialog-title' }, words.confirmTitle),
    h('p', {}, question),
    h(
      'div',
      { class: 'buttons' },
      backButton(words, true),
      h(
        'button',
        {
          type: 'button',
          class: `button ${danger ? 'danger' : 'primary'}`,
          on: { click: want('confirmed', { act, reply }) },
        },
        label,
      ),
    ),
  ];
}

function helpView(words: Words): ViewNode[] {
  const rows: [keys: string[], text: string][] = [
    [['/'], words.keys.box],
    [['Tab', '↑', '↓'], words.keys.complete],
    [['↑'], words.keys.history],
    [['j', 'k'], words.keys.move],
    [['Enter'], words.keys.open],
    [['[', ']'], words.keys.channel],
    [['h'], words.keys.home],
    [['Esc'], words.keys.close],
    [['?'], words.keys.help],
  ];
  return [
    h('h2', { id: 'dialog-title' }, words.helpTitle),
    h(
      'dl',
      {},
      ...rows.flatMap(([keys, text]) => [h('dt', {}, ...keys.map((key) => h('kbd', {}, key))), h('dd', {}, text)]),
    ),
    h('div', { class: 'buttons' }, backButton(words, true)),
  ];
}
