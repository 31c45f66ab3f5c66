import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../../../src/engine/model/recovery.js';
import type { CommitResult, Takeable, Write } from '../../../../src/engine/ports.js';
import { drive } from '../../../../src/engine/recovery/runner.js';
import { startWorker, WORKER_DEFAULTS } from '../../../../src/engine/recovery/worker.js';
import { anAction, aSnapshot, aStep, at } from '../../../support/builders.js';
import { eventually } from '../../../support/eventually.js';
import { contextWith } from '../actions/context.js';

const worker = { id: 'w1', host: 'here', pid: 1, startedAt: 'then', pools: ['default'], version: '0' };
const lease = { holds: () => true, renewed: async () => undefined };
const waiting = { state: 'IN_PROGRESS' as const, startedAt: at(0), attempts: 1 };

/** Commits in memory; `answer` is what the store says to the nth of them, revision and version counted by itself. */
function ports(answer: (nth: number) => Partial<CommitResult & { cancelBy: string }> = () => ({})) {
  const written: Write[] = [];
  // Slower than a commit waits for, so that what is done already is stored first.
  const action = anAction('restart_service', { look: () => delay(400, {}) });
  return {
    written,
    worker,
    store: {
      async commit(write: Write): Promise<CommitResult> {
        written.push(write);
        const { revision, version } = write.before.recovery;
        return {
          ok: true,
          revision: revision + 1,
          version: version + 1,
          cancelBy: null,
          ...answer(written.length),
        } as CommitResult;
      },
    },
    dispatcher: { wake: () => {}, changed: () => {}, cancel: () => {} },
    now: () => at(1_000),
    hands: () => ({ action: () => action, context: () => contextWith() }),
    undoOf: () => undefined,
    gate: async () => ({ pass: true as const }),
    oldProcesses: async () => 'gone' as const,
    reach: () => {},
    log: () => {},
  };
}
const states = (written: Write[]) => written.map(({ after }) => after.recovery.state);
const taken = (snapshot: Snapshot): Takeable => ({ snapshot });

describe('words that come late', () => {
  test('an approval that was not used in time ends the recovery, also when its worker has written since it took it', async () => {
    const p = ports((nth) => (nth === 2 ? { ok: false, reason: 'unapproved' } : {}));
    const step = aStep(0, { action: 'restart_service', approvalId: 'question-1' });
    await drive(taken(aSnapshot([step], waiting)), p, lease, new AbortController().signal).done;
    expect(states(p.written)).toEqual(['IN_PROGRESS', 'IN_PROGRESS', 'CANCELLED']);
    expect(p.written[2]?.before.recovery.revision).toBe(1);
  });

  test('a cancel that comes while the recovery goes over to waiting for people is obeyed', async () => {
    const p = ports((nth) => (nth === 1 ? { cancelBy: 'Ann' } : {}));
    const stuck = aStep(0, { state: 'unknown', startedAt: at(0), attempts: 1 });
    await drive(taken(aSnapshot([stuck], waiting)), p, lease, new AbortController().signal).done;
    expect(states(p.written)).toEqual(['AWAITING_MANUAL', 'CANCELLED']);
    expect(p.written[1]?.after.recovery.outcome?.message).toBe('cancelled by Ann');
  });
});

test('a recovery that cannot be taken does not keep others from being taken', async () => {
  const p = ports();
  const poisoned = aSnapshot([aStep(0), aStep(1, { kind: 'undo' })], { id: 1, state: 'SCHEDULED' });
  const stuck = aStep(0, { state: 'unknown', startedAt: at(0), attempts: 1 });
  let asked = 0;
  const running = await startWorker(
    {
      ...p,
      store: {
        ...p.store,
        due: async () => (asked++ === 0 ? [taken(poisoned), taken(aSnapshot([stuck], waiting))] : []),
      },
      registry: {
        join: async () => {},
        leave: async () => {},
        onHost: async () => [],
        list: async () => [],
        beat: async () => ({ cancel: [], now: at(0) }),
      },
      isAlive: async () => true,
      calibrate: () => {},
    },
    WORKER_DEFAULTS,
  );
  await eventually(() => expect(p.written).toHaveLength(1));
  await running.stop(0);
  expect(p.written.map(({ after }) => after.recovery.id)).toEqual([12]);
});
