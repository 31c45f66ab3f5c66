import type { RecoveryStore, StoredEvent } from '../engine/ports.js';
import type { Signals } from '../jobs/signals.js';

const POLL_MS = 1_000;
const BATCH = 500;

/** Follows the event log from an event on, at once when something changes, until `signal` aborts. */
export function createEventFeed(store: RecoveryStore, signals: Signals) {
  const listeners = new Set<() => void>();
  signals.onChanged(() => {
    for (const wake of listeners) wake();
  });

  return async (
    fromId: number | undefined,
    onEvent: (event: StoredEvent) => void,
    signal: AbortSignal,
  ): Promise<void> => {
    let { cursor } = await store.eventsSince(fromId === undefined ? null : `#${fromId}`, 0);
    while (!signal.aborted) {
      const found = await store.eventsSince(cursor, BATCH);
      cursor = found.cursor;
      for (const event of found.events) onEvent(event);
      if (found.events.length < BATCH) await nextChange(signal);
    }
  };

  function nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, POLL_MS);
      listeners.add(done);
      signal.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      }
    });
  }
}
