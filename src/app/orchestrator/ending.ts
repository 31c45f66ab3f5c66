import { setTimeout as delay } from 'node:timers/promises';
import { isTerminal, type Snapshot } from '../../engine/model/recovery.js';
import { RecoveryOrchestratorError } from './errors.js';
import type { Parts } from './parts.js';

/** What another process did is found by a look, at the latest. */
const LOOK_MS = 250;

/** Resolves when the recovery has ended or waits for a person. Rejects when `signal` aborts. */
export async function ending(
  id: number,
  { store, onChanged }: Pick<Parts, 'store' | 'onChanged'>,
  signal: AbortSignal,
): Promise<Snapshot> {
  let news = new AbortController();
  const stop = onChanged((changed) => {
    if (changed === id) news.abort();
  });
  try {
    for (;;) {
      signal.throwIfAborted();
      news = new AbortController();
      const snapshot = await store.load(id);
      if (!snapshot) throw new RecoveryOrchestratorError(`R-${id} is not kept any more, so its end is not known.`);
      const { state } = snapshot.recovery;
      if (isTerminal(state) || state === 'AWAITING_MANUAL') return snapshot;
      await delay(LOOK_MS, undefined, { signal: AbortSignal.any([news.signal, signal]) }).catch(() => undefined);
    }
  } finally {
    stop();
  }
}
