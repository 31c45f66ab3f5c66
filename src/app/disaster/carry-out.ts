import { setTimeout as delay } from 'node:timers/promises';
import { isTerminal, type RecoveryStep, type Snapshot } from '../../engine/model/recovery.js';
import { drive, type RunnerPorts } from '../../engine/recovery/runner.js';
import type { Journal } from './journal.js';

/** Nobody else can take it: the journal is on this machine's disk, and one process holds its lock. */
const LEASE = { holds: () => true, renewed: async () => {} };

/**
 * Drives a recovery by the engine's own runner until it ends or a person is needed, with a file for a store. A step that
 * a dead process left in the middle is judged by its probe first, as after any crash (D4).
 */
export async function carryOut(
  journal: Journal,
  ports: Omit<RunnerPorts, 'store' | 'dispatcher'>,
  { signal, said }: { signal: AbortSignal; said(step: RecoveryStep, snapshot: Snapshot): void },
): Promise<Snapshot> {
  const store = storeIn(journal, ports.now, said);
  const dispatcher = { wake() {}, changed() {}, cancel() {} };
  for (;;) {
    const { snapshot } = journal.story();
    const { state, nextAttemptAt } = snapshot.recovery;
    if (isTerminal(state) || state === 'AWAITING_MANUAL' || signal.aborted) return snapshot;
    const waitMs = (nextAttemptAt?.getTime() ?? 0) - ports.now().getTime();
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
    const driven = drive({ snapshot, previous: ports.worker }, { ...ports, store, dispatcher }, LEASE, signal);
    await driven.done;
  }
}

function storeIn(
  journal: Journal,
  now: () => Date,
  said: (step: RecoveryStep, snapshot: Snapshot) => void,
): RunnerPorts['store'] {
  return {
    async commit({ after, events }) {
      const version = after.recovery.version + 1;
      const revision = after.recovery.revision + 1;
      const snapshot = { ...after, recovery: { ...after.recovery, version, revision } };
      const story = journal.story();
      const stamped = events.map((event) => ({ ...event, at: now() }));
      await journal.keep({ ...story, snapshot, events: [...story.events, ...stamped] });
      for (const step of snapshot.steps) {
        const before = story.snapshot.steps.find(({ position }) => position === step.position);
        if (before?.state !== step.state) said(step, snapshot);
      }
      return { ok: true, version, revision, cancelBy: null };
    },
  };
}
