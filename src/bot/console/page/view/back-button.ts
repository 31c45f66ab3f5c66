import type { Words } from '../words/words.js';
import { want } from './intent.js';
import { h, type ViewNode } from './node.js';

/** Closes a dialog and does nothing; `focused`: it is what Enter presses. */
export function backButton(words: Words, focused: boolean): ViewNode {
  return h(
    'button',
    { type: 'button', class: 'button plain', 'data-focus': focused && 'dialog', on: { click: want('close', {}) } },
    words.back,
  );
}
