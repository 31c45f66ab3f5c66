import { isTerminal, type RecoveryState, type Snapshot } from '../../engine/model/recovery.js';
import { RecoveryOrchestratorError } from './errors.js';
import type { Parts } from './parts.js';

/** What another process did is found by a look, at the latest. */
const LOOK_MS = 250;

/**
 * Resolves when the recovery has ended or waits for a person. One that waits at first, for a person or for its next attempt,
 * is hurried. Rejects when `signal` aborts.
 */
export async function ending(
  id: number,
  { store, onChanged }: Pick<Parts, 'store' | 'onChanged'>,
  hurry: (waiting: Snapshot) => Promise<void>,
  signal: AbortSignal,
): Promise<Snapshot> {
  let look = (): void => {};
  const stop = onChanged((changed, state) => {
    // What this process did itself it need not ask the store.
    if (changed === id && (state === undefined || isOver(state))) look();
  });
  const hear = (): void => look();
  signal.addEventListener('abort', hear);
  try {
    for (let first = true; ; first = false) {
      signal.throwIfAborted();
      // What is told while the store is asked counts, too.
      const news = new Promise<void>((resolve) => {
        look = resolve;
      });
      const snapshot = await store.load(id);
      if (!snapshot) throw new RecoveryOrchestratorError(`R-${id} is not kept any more, so its end is not known.`);
      const { state, nextAttemptAt } = snapshot.recovery;
      if (isTerminal(state)) return snapshot;
      if (first && (state === 'AWAITING_MANUAL' || nextAttemptAt)) await hurry(snapshot);
      else if (state === 'AWAITING_MANUAL') return snapshot;
      const late = setTimeout(look, LOOK_MS);
      await news;
      clearTimeout(late);
    }
  } finally {
    signal.removeEventListener('abort', hear);
    stop();
  }
}

function isOver(state: RecoveryState): boolean {
  return isTerminal(state) || state === 'AWAITING_MANUAL';
}
