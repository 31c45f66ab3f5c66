import type { Change, State } from '../model/state.js';

/** The one place where the state is; whoever changes it need not know who looks at it. */
export interface Store {
  get(): State;
  change(change: Change): void;
  /** Shows the state now, instead of soon. */
  flush(): void;
}

export function createStore(initial: State, show: (state: State) => void): Store {
  let state = initial;
  let shown: State | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (shown === state) return;
    shown = state;
    show(state);
  };
  return {
    get: () => state,
    change(change) {
      state = change(state);
      // Several events of one turn are one picture.
      if (shown !== state) timer ??= setTimeout(flush);
    },
    flush,
  };
}
