import { focusBox, focusedMessage, isTyping, moveMessage } from '../dom/focus.js';
import { nextChannel } from '../model/go.js';
import { type Intent, want } from '../view/intent.js';
import type { Store } from './store.js';

type Do = (event: KeyboardEvent) => void;

/** Keys that work wherever nothing is being typed; the list of keys on the page names them. */
export function listenToKeys(store: Store, perform: (intent: Intent) => void, opened: () => void): void {
  const step = (by: 1 | -1) => () => {
    store.change(nextChannel(by));
    opened();
  };
  const keys: Record<string, Do> = {
    '/': focusBox,
    '?': () => perform(want('help', {})),
    j: () => moveMessage(1),
    k: () => moveMessage(-1),
    h: () => perform(want('go_home', {})),
    '[': step(-1),
    ']': step(1),
    Enter(event) {
      const message = focusedMessage();
      if (message === undefined) return;
      // Else the same Enter would press what has the focus in the thread.
      event.preventDefault();
      perform(want('open_thread', { message }));
    },
  };
  document.addEventListener('keydown', (event) => {
    const { dialog, session } = store.get();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (dialog || session.kind !== 'in') return;
    if (event.key === 'Escape') return close();
    if (isTyping() || !Object.hasOwn(keys, event.key)) return;
    if (event.key !== 'Enter') event.preventDefault();
    keys[event.key]?.(event);
  });

  function close(): void {
    const { thread } = store.get();
    if (isTyping() && thread === null && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    perform(want('close', {}));
  }
}
