import fc from 'fast-check';
import type { OnFailure } from '../../../../src/engine/model/plan.js';
import { isTerminal, type RecoveryStep, type Snapshot } from '../../../../src/engine/model/recovery.js';
import {
  NO_RETRY,
  RETRY_STRATEGIES,
  type RetryPolicy,
  retryPolicy,
} from '../../../../src/engine/model/retry-policy.js';
import { CONSTITUTION_BROKEN } from '../../../../src/engine/recovery/final-failures.js';
import { direction, frontier } from '../../../../src/engine/recovery/frontier.js';
import { acquire, release } from '../../../../src/engine/recovery/lease-moves.js';
import { type Move, move, moveTo, setRecovery } from '../../../../src/engine/recovery/move.js';
import {
  cancelIdle,
  expireApproval,
  markDone,
  retry,
  rollBackBy,
} from '../../../../src/engine/recovery/person-moves.js';
import { settle } from '../../../../src/engine/recovery/settle.js';
import {
  begin,
  cancelStep,
  fail,
  notDone,
  skip,
  succeed,
  unknown,
} from '../../../../src/engine/recovery/step-moves.js';
import type { UndoOf } from '../../../../src/engine/recovery/undo.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';

/**
 * One thing that may happen next. `again`: it could happen without end, and is given a budget by the test. `rare`: it
 * cuts the play short, so it is offered seldom.
 */
export interface Option {
  name: string;
  make(m: Move, now: Date): Move;
  again?: true;
  rare?: true;
}

export const undoOf: UndoOf = (step) =>
  step.rollback === null ? undefined : { action: 'undo', input: {}, timeoutMs: 1, idempotent: false };

const policy = fc
  .record({ strategy: fc.constantFrom(...RETRY_STRATEGIES), maxRetryAttempts: fc.integer({ min: 1, max: 3 }) })
  .map((given): RetryPolicy => retryPolicy(given));

const anyStep = fc.record({
  nextStage: fc.boolean(),
  onFailure: fc.constantFrom<OnFailure>('rollback', 'stop', 'continue'),
  retry: fc.oneof(fc.constant(NO_RETRY), policy),
  rollback: fc.constantFrom<'inverse' | null>('inverse', null),
});

/** Plans of 1 to 6 steps, some side by side, that wait to start, to be approved, or for a person. */
export const anyPlan = fc
  .record({
    steps: fc.array(anyStep, { minLength: 1, maxLength: 6 }),
    retry: policy,
    state: fc.constantFrom('SCHEDULED' as const, 'AWAITING_APPROVAL' as const, 'AWAITING_MANUAL' as const),
  })
  .map(({ steps, retry, state }): Snapshot => {
    let stage = 0;
    const rows = steps.map(({ nextStage, ...over }, position) => {
      if (position > 0 && nextStage) stage += 1;
      return aStep(position, { ...over, stage });
    });
    return aSnapshot(rows, { state, retry, wakeAt: state === 'AWAITING_MANUAL' ? null : at(0) });
  });

const WORKER = { host: 'h', pid: 1, startedAt: '1', pools: ['default'], version: '0' };
const taking: Option['make'] = (m, now) => acquire(m, { ...WORKER, id: `w${m.after.recovery.epoch + 1}` }, now);

/** Everything that the runner, a crash or a person may do now; what is likelier more than once. */
export function options(snapshot: Snapshot): Option[] {
  return possible(snapshot).flatMap((option) => (option.rare ? [option] : new Array<Option>(10).fill(option)));
}

function possible({ recovery, steps }: Snapshot): Option[] {
  const cancel: Option = { name: 'cancel', make: (m, now) => cancelIdle(m, 'Ann', now), rare: true };
  const rollBack: Option = { name: 'roll back', make: (m, now) => rollBackBy(m, 'Ann', undoOf, now) };
  if (isTerminal(recovery.state)) return [rollBack];
  if (recovery.state === 'AWAITING_APPROVAL')
    return [
      {
        name: 'approve',
        make: (m, now) =>
          setRecovery(moveTo(m, recovery.startedAt ? 'IN_PROGRESS' : 'SCHEDULED', now), { wakeAt: now }),
      },
      { name: 'expire', make: expireApproval, rare: true },
      cancel,
    ];
  if (recovery.state === 'AWAITING_MANUAL')
    return [
      rollBack,
      { name: 'mark done', make: (m, now) => markDone(m, 'Ann', now) },
      { name: 'retry', make: (m, now) => retry(m, 'Ann', now), again: true },
      cancel,
    ];
  const take: Option = { name: 'take', make: (m, now) => settle(taking(m, now), undoOf, now) };
  if (recovery.owner === null) return recovery.state === 'ROLLING_BACK' ? [take] : [take, cancel];
  const running = steps.filter((step) => step.state === 'running');
  if (running.length > 0) return running.flatMap((step) => outcomes(step, running.length));
  const forward = direction(steps) === 'do';
  return [
    ...frontier(steps)
      .filter((step) => step.state === 'pending')
      .flatMap(beginnings),
    {
      name: 'release',
      make: (m, now) => release(m, { pool: 'default', wakeAt: now, why: 'retry' }),
      again: true,
      rare: true,
    },
    ...(forward ? [cancel] : []),
  ];
}

function beginnings(step: RecoveryStep): Option[] {
  const { position } = step;
  const refuse: Option = {
    name: `refuse ${position}`,
    make: (m, now) => settle(fail(m, position, { code: 'constitution', message: 'no' }, now, false), undoOf, now),
    rare: true,
  };
  const hold: Option = {
    name: `hold ${position}`,
    make: (m, now) => settle(fail(m, position, { code: CONSTITUTION_BROKEN, message: 'no' }, now, false), undoOf, now),
    rare: true,
  };
  const skipIt: Option = {
    name: `skip ${position}`,
    make: (m, now) => settle(skip(m, position, 'not needed', now), undoOf, now),
    rare: true,
  };
  const start: Option = { name: `begin ${position}`, make: (m, now) => begin(m, position, {}, now) };
  return step.kind === 'do' ? [start, skipIt, refuse, hold] : [start, hold];
}

function outcomes({ position, kind }: RecoveryStep, running: number): Option[] {
  const then = (name: string, outcome: Option['make'], again?: true): Option => ({
    name: `${name} ${position}`,
    make: (m, now) => settle(outcome(m, now), undoOf, now),
    ...(again && { again }),
  });
  const failing =
    (retryable: boolean): Option['make'] =>
    (m, now) =>
      fail(m, position, { code: 'action_failed', message: 'connection refused' }, now, retryable);
  const crashed =
    (look: Option['make']): Option['make'] =>
    (m, now) =>
      look(taking(m, now), now);
  const lost: Option['make'] = (m, now) => unknown(m, position, 'nobody knows', now);
  const absent: Option['make'] = (m) => notDone(m, position, 'not there');
  const there: Option['make'] = (m, now) => succeed(m, position, {}, now);
  const stopped: Option = {
    name: `cancel in ${position}`,
    make: (m, now) => cancelIdle(cancelStep(m, position, 'not there', now), 'Ann', now),
    rare: true,
  };
  return [
    then('succeed', there),
    then('fail', failing(true)),
    then('fail for good', failing(false)),
    then('crash, unknown', crashed(lost)),
    then('crash, not done', crashed(absent), true),
    then('crash, done', crashed(there)),
    ...(kind === 'do' && running === 1 ? [stopped] : []),
  ];
}

/** A move from where the last one ended, as after its commit. */
export function committed({ after }: Move): Move {
  return move({ ...after, recovery: { ...after.recovery, version: after.recovery.version + 1 } });
}
