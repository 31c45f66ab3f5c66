import { setCaret } from '../dom/focus.js';
import { accept, complete } from '../model/complete.js';
import { choose, recall, recalls, typed } from '../model/composer.js';
import type { ComposerPlace, State } from '../model/state.js';
import type { Detail } from '../view/intent.js';
import type { Store } from './store.js';

/** What the command box does with what is typed into it. */
export interface Box {
  type(place: ComposerPlace, text: string, caret: number): void;
  /** True: the key has done its work. */
  key(place: ComposerPlace, detail: Detail): boolean;
  take(place: ComposerPlace, index: number): void;
}

export function createBox(store: Store): Box {
  const composer = (place: ComposerPlace) => store.get().composers[place];

  function set(place: ComposerPlace, next: State['composers'][ComposerPlace]): void {
    store.change((state) => ({ ...state, composers: { ...state.composers, [place]: next } }));
  }

  /** `always`: also while nothing is typed. */
  function offer(place: ComposerPlace, text: string, caret: number, always = false): void {
    const state = store.get();
    const suggestions = text.trim() === '' && !always ? [] : complete(text, caret, state.catalog, incidentsIn(state));
    set(place, typed(composer(place), text, caret, suggestions));
  }

  function take(place: ComposerPlace, index: number): void {
    const { text, caret, suggestions } = composer(place);
    const suggestion = suggestions[index];
    if (!suggestion) return;
    const next = accept(text, caret, suggestion);
    offer(place, next.text, next.caret);
    store.flush();
    setCaret(place, next.caret);
  }

  const keys: Record<string, (place: ComposerPlace, detail: Detail) => boolean> = {
    ArrowDown(place) {
      const now = composer(place);
      if (now.at !== undefined) set(place, recall(now, 1));
      else if (now.suggestions.length === 0) offer(place, now.text, now.caret, true);
      else set(place, choose(now, 1));
      return true;
    },
    ArrowUp(place) {
      const now = composer(place);
      set(place, now.suggestions.length > 0 ? choose(now, -1) : recalls(now) ? recall(now, -1) : now);
      store.flush();
      setCaret(place, composer(place).caret);
      return true;
    },
    Tab(place, { shift }) {
      if (shift || composer(place).suggestions.length === 0) return false;
      take(place, composer(place).chosen ?? 0);
      return true;
    },
    Enter(place) {
      const { chosen } = composer(place);
      if (chosen === undefined) return false;
      take(place, chosen);
      return true;
    },
    Escape(place) {
      if (composer(place).suggestions.length === 0) return false;
      set(place, { ...composer(place), suggestions: [], chosen: undefined });
      return true;
    },
  };

  return {
    type: (place, text, caret) => offer(place, text, caret),
    key(place, detail) {
      const done = keys[detail.key]?.(place, detail) ?? false;
      store.flush();
      return done;
    },
    take,
  };
}

/** Incidents have no list of their own; their buttons name them. */
function incidentsIn({ messages }: State): string[] {
  const commands = [...messages.values()].flatMap(({ card }) => card.buttons.map(({ command }) => command));
  return [...new Set(commands.flatMap((command) => /\bI-\d+\b/.exec(command) ?? []))];
}
