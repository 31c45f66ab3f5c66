import { linkLine } from '../model/receive.js';
import type { State } from '../model/state.js';
import { WORDS } from '../words/language.js';
import { toneIcon } from './icons.js';
import { type Intent, want } from './intent.js';
import { h, type ViewNode } from './node.js';

/** In the bar, so that nothing moves when it has something to say. */
export function bannerView(state: State): ViewNode | undefined {
  const words = WORDS[state.language];
  const line = linkLine(state);
  if (line !== undefined) return lineView(line, words.tryNow, want('try_now', {}));
  return state.outdated ? lineView(words.newVersion, words.reload, want('reload', {})) : undefined;
}

function lineView(line: string, label: string, click: Intent): ViewNode {
  const button = h('button', { type: 'button', class: 'button', on: { click } }, label);
  return h('div', { key: 'banner', class: 'banner' }, toneIcon('attention'), h('span', {}, line), button);
}
