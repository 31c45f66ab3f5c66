import type { RecoveryState } from '../../engine/model/recovery.js';
import type { Dispatcher } from '../../engine/ports.js';
import type { Worker } from '../../engine/recovery/worker.js';
import type { Parts } from './parts.js';

export interface LocalDispatcher extends Pick<Parts, 'employ' | 'onChanged'> {
  dispatcher: Dispatcher;
  /** A worker of this process looks for work itself. */
  employs(): boolean;
  /** Drops what is to be woken later: the poll finds it. */
  close(): void;
}

/** Wakes the worker of this process itself, and tells whoever waits here. */
export function createLocalDispatcher(): LocalDispatcher {
  const listeners = new Set<(recovery: number, state?: RecoveryState) => void>();
  const timers = new Set<NodeJS.Timeout>();
  let worker: Worker | undefined;

  function later(delayMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      worker?.kick();
    }, delayMs);
    timers.add(timer);
  }

  return {
    dispatcher: {
      wake: (_recovery, delayMs = 0) => (delayMs > 0 ? later(delayMs) : worker?.kick()),
      changed(recovery, state) {
        for (const listener of listeners) listener(recovery, state);
      },
      cancel: (recovery, by) => worker?.cancel(recovery, by),
    },
    employ(employed) {
      worker = employed;
    },
    employs: () => worker !== undefined,
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
