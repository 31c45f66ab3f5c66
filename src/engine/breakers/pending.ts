import { type Run, slotOf, WINDOW_MS } from './calls.js';

/** Outcomes that are not stored yet, in their order: one process's part of the count. */
export interface Pending {
  add(ok: boolean, at: number, why?: string): void;
  /** All of them, which are gone from here. */
  take(): Run[];
  /** They could not be stored: they stay the oldest ones. */
  putBack(runs: readonly Run[]): void;
  runs(): readonly Run[];
}

export function createPending(): Pending {
  let held: Run[] = [];
  return {
    add(ok, at, why) {
      held = held.filter((run) => run.at > at - WINDOW_MS);
      const last = held.at(-1);
      // Calls of one slot are one number; a later failure explains the ones before it, too.
      if (last?.ok === ok && slotOf(last.at) === slotOf(at)) held.pop();
      const before = last?.ok === ok && slotOf(last.at) === slotOf(at) ? last.count : 0;
      held.push({ ok, count: before + 1, at, ...(why === undefined ? {} : { why }) });
    },
    take() {
      const taken = held;
      held = [];
      return taken;
    },
    putBack(runs) {
      held = [...runs, ...held];
    },
    runs: () => held,
  };
}
