import { UserError } from '../engine/model/errors.js';
import type { RecoveryStore, StoredEvent } from '../engine/ports.js';
import type { Signals } from '../jobs/signals.js';

const POLL_MS = 1_000;
const BATCH = 500;

/**
 * Follows the event log from an event on, at once when something changes, until `signal` aborts. While the store is away
 * it waits, and goes on where it was.
 */
export function createEventFeed(store: RecoveryStore, signals: Signals) {
  const listeners = new Set<() => void>();
  signals.onChanged(() => {
    for (const wake of listeners) wake();
  });

  return async (
    fromId: number | undefined,
    onEvent: (event: StoredEvent) => void | Promise<void>,
    signal: AbortSignal,
  ): Promise<void> => {
    let cursor: string | undefined;
    while (!signal.aborted) {
      const found = cursor === undefined ? await begin(fromId) : await since(cursor);
      for (const event of found?.events ?? []) {
        if (signal.aborted) return;
        await onEvent(event);
      }
      const more = found !== undefined && (cursor === undefined || found.events.length === BATCH);
      cursor = found?.cursor ?? cursor;
      if (!more) await nextChange(signal);
    }
  };

  function begin(fromId: number | undefined) {
    return store.eventsSince(fromId === undefined ? null : `#${fromId}`, 0).catch(ifAway);
  }

  function since(cursor: string) {
    return store.eventsSince(cursor, BATCH).catch(ifAway);
  }

  function ifAway(error: unknown): undefined {
    if (!(error instanceof UserError && error.code === 'unavailable')) throw error;
  }

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
