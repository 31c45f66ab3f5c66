import { describe, expect, test } from '@jest/globals';
import type { Recovery, RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { NO_RETRY, retryPolicy } from '../../../../src/engine/model/retry-policy.js';
import { type Move, move } from '../../../../src/engine/recovery/move.js';
import { because, escalate, settle } from '../../../../src/engine/recovery/settle.js';
import type { UndoOf } from '../../../../src/engine/recovery/undo.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';

const undoOf: UndoOf = () => ({ action: 'start_service', input: {}, timeoutMs: 1, idempotent: true });
const nothingToUndo: UndoOf = () => undefined;

const ran = { startedAt: at(0), attempts: 1 };
const good = (position: number) => aStep(position, { ...ran, state: 'succeeded' });
const bad = (position: number, over: Partial<RecoveryStep> = {}, code = 'action_failed') =>
  aStep(position, { ...ran, state: 'failed', error: { code, message: 'connection refused' }, ...over });

function settled(steps: RecoveryStep[], recovery: Partial<Recovery> = {}, undo = undoOf): Move {
  const working = {
    state: 'IN_PROGRESS' as const,
    owner: 'w1',
    attempts: 1,
    startedAt: at(0),
    activeSince: at(0),
    ...recovery,
  };
  return settle(move(aSnapshot(steps, working)), undo, at(10_000));
}
const kinds = (m: Move) => m.events.map(({ kind }) => kind);

describe('goes on', () => {
  test('while a step runs, whatever the others did', () => {
    expect(settled([bad(0, { stage: 0 }), aStep(1, { stage: 0, state: 'running' })]).events).toEqual([]);
  });

  test('when the next step is pending', () => {
    expect(settled([good(0), aStep(1)]).after.recovery.state).toBe('IN_PROGRESS');
  });

  test('past a failed step whose author wants to continue', () => {
    expect(settled([bad(0, { onFailure: 'continue' }), aStep(1)]).after.recovery.state).toBe('IN_PROGRESS');
  });
});

describe('SUCCEEDED', () => {
  test('when every step has ended', () => {
    const { after, events, effects } = settled([good(0), aStep(1, { state: 'skipped' })]);
    expect(after.recovery).toMatchObject({
      state: 'SUCCEEDED',
      endedAt: at(10_000),
      wakeAt: null,
      outcome: { code: 'verified' },
    });
    expect(events.at(-1)).toMatchObject({
      kind: 'recovery.succeeded',
      data: { duration_ms: 10_000, active_ms: 10_000 },
    });
    expect(effects).toEqual([]);
  });

  test('is marked unverified without a health check', () => {
    expect(settled([good(0)], { unverified: true }).after.recovery.outcome?.code).toBe('unverified');
  });
});

describe('AWAITING_MANUAL', () => {
  test('when an outcome is unknown, and people are called', () => {
    const stuck = aStep(1, {
      ...ran,
      state: 'unknown',
      error: { code: 'unknown_outcome', message: 'lock held by no one' },
    });
    const m = settled([good(0), stuck]);
    expect(m.after.recovery).toMatchObject({
      state: 'AWAITING_MANUAL',
      owner: null,
      outcome: { code: 'unknown_outcome', message: 'Step 2 "Step 1": lock held by no one' },
    });
    expect(m.effects).toMatchObject([{ kind: 'escalation', payload: { recovery: 12, code: 'unknown_outcome' } }]);
  });

  test('when a step with the manual policy failed', () => {
    const m = settled([bad(0, { retry: retryPolicy({ strategy: 'manual' }) })]);
    expect(m.after.recovery).toMatchObject({ state: 'AWAITING_MANUAL', outcome: { code: 'manual' } });
  });

  test('not when a step with the manual policy was refused: nobody may wave that through', () => {
    const refused = bad(0, { retry: retryPolicy({ strategy: 'manual' }) }, 'constitution');
    expect(settled([refused], {}, nothingToUndo).after.recovery.state).toBe('FAILED');
  });

  describe('when the constitution does not hold', () => {
    const refused = (position: number, more: Partial<RecoveryStep> = {}) =>
      aStep(position, { state: 'failed', error: { code: 'constitution_broken', message: 'no' }, ...more });

    test('and something was done: it goes on or back from here, and says what that is', () => {
      const m = settled([good(0), refused(1), aStep(2)]);
      expect(m.after.steps).toHaveLength(3);
      expect(m.after.recovery).toMatchObject({
        state: 'AWAITING_MANUAL',
        outcome: {
          code: 'constitution_broken',
          message: 'Step 2 "Step 1" was not begun: no. Done so far: Step 0. Then Retry goes on, Roll back undoes it',
        },
      });
      expect(m.effects).toMatchObject([{ kind: 'escalation', payload: { code: 'constitution_broken' } }]);
    });

    test('and something is half undone', () => {
      const undo = refused(2, { kind: 'undo', undoes: 0, name: 'Undo: Stop' });
      const { after } = settled([good(0), bad(1), undo], { state: 'ROLLING_BACK' });
      expect(after.recovery.state).toBe('AWAITING_MANUAL');
      expect(after.recovery.outcome?.message).toContain(
        'Not undone yet: Stop. Then Retry goes on with that; Mark done',
      );
    });

    test('but not when nothing was done', () => {
      const m = settled([refused(0), aStep(1)]);
      expect(m.after.recovery.state).toBe('FAILED');
      expect(m.effects).toMatchObject([{ kind: 'escalation', payload: { code: 'constitution_broken' } }]);
    });
  });

  test('also in a rollback', () => {
    const undo = aStep(1, { ...ran, kind: 'undo', undoes: 0, state: 'unknown' });
    expect(settled([good(0), undo], { state: 'ROLLING_BACK' }).after.recovery.state).toBe('AWAITING_MANUAL');
  });
});

describe('ROLLING_BACK', () => {
  test('adds the undo steps of what was done', () => {
    const { after, events } = settled([good(0), bad(1), aStep(2)]);
    expect(after.recovery).toMatchObject({ state: 'ROLLING_BACK', owner: 'w1', outcome: { code: 'step_failed' } });
    expect(after.steps.slice(3).map(({ undoes }) => undoes)).toEqual([1, 0]);
    expect(events.at(-1)).toMatchObject({ kind: 'recovery.rolling_back', data: { steps: 2 } });
  });

  test('ends ROLLED_BACK with the reason that began it', () => {
    const undo = aStep(1, { ...ran, kind: 'undo', undoes: 0, state: 'succeeded' });
    const outcome = { code: 'step_failed', message: 'Step 1 "Step 0" failed: connection refused' };
    const { after, effects } = settled([bad(0), undo], { state: 'ROLLING_BACK', outcome });
    expect(after.recovery).toMatchObject({ state: 'ROLLED_BACK', outcome });
    expect(effects).toMatchObject([{ kind: 'escalation', payload: { code: 'step_failed' } }]);
  });

  test('still says what began it after a person helped it on', () => {
    const undo = aStep(1, { ...ran, kind: 'undo', undoes: 0, state: 'succeeded' });
    expect(settled([bad(0), undo], { state: 'ROLLING_BACK', outcome: null }).after.recovery.outcome).toEqual({
      code: 'rolled_back',
      message: 'Step 1 "Step 0" failed: connection refused',
    });
  });

  test('ends FAILED when an undo step failed, and people are called', () => {
    const undo = bad(1, { kind: 'undo', undoes: 0, onFailure: 'stop' });
    const { after, effects } = settled([bad(0), undo], { state: 'ROLLING_BACK' });
    expect(after.recovery).toMatchObject({ state: 'FAILED', outcome: { code: 'rollback_failed' } });
    expect(effects).toMatchObject([{ kind: 'escalation', payload: { code: 'rollback_failed' } }]);
  });
});

describe('FAILED', () => {
  test.each<[string, RecoveryStep[], UndoOf]>([
    ['when nothing can be undone', [bad(0)], nothingToUndo],
    ['when the author wants to stop', [good(0), bad(1, { onFailure: 'stop' })], undoOf],
    [
      'when the step was refused before it began',
      [aStep(0, { state: 'failed', error: { code: 'constitution', message: 'no' } })],
      undoOf,
    ],
  ])('%s, and people are called', (_, steps, undo) => {
    const { after, effects } = settled(steps, {}, undo);
    expect(after.recovery).toMatchObject({ state: 'FAILED', endedAt: at(10_000), outcome: { code: 'step_failed' } });
    expect(effects).toHaveLength(1);
  });

  test('not SUCCEEDED, when a refused step was one to continue past', () => {
    const refused = aStep(0, { onFailure: 'continue', state: 'failed', error: { code: 'tampered', message: 'no' } });
    expect(settled([refused]).after.recovery.state).toBe('FAILED');
  });
});

describe("the recovery's own retry (D12)", () => {
  const retry = retryPolicy({ maxRetryAttempts: 2, initialDelayMs: 5_000 });

  test('begins anew after its delay, every step as if it had not been', () => {
    const { after, events } = settled([good(0), bad(1, { onFailure: 'stop' })], { retry });
    expect(after.recovery).toMatchObject({
      state: 'SCHEDULED',
      wakeAt: at(15_000),
      nextAttemptAt: at(15_000),
      owner: null,
    });
    expect(after.steps).toEqual([aStep(0), aStep(1, { onFailure: 'stop' })]);
    expect(events.at(-1)).toMatchObject({
      kind: 'recovery.retry_scheduled',
      data: { attempt: 1, of: 2, delay_ms: 5_000 },
    });
  });

  test('remembers what was there before an effect that stayed, and nothing of one that was undone', () => {
    const before = { status: 'running' };
    const stayed = settled([{ ...good(0), before }, bad(1, { onFailure: 'stop' })], { retry });
    expect(stayed.after.steps[0]?.firstBefore).toEqual(before);
    const undo = aStep(2, { ...ran, kind: 'undo', undoes: 0, state: 'succeeded' });
    const outcome = { code: 'step_failed', message: '' };
    const rolledBack = [{ ...good(0), before }, bad(1), undo];
    const { after } = settled(rolledBack, { state: 'ROLLING_BACK', retry, outcome });
    expect(after.steps.map(({ firstBefore }) => firstBefore)).toEqual([null, null]);
  });

  test('comes after the rollback, and drops the undo steps', () => {
    const undo = aStep(1, { ...ran, kind: 'undo', undoes: 0, state: 'succeeded' });
    const outcome = { code: 'step_failed', message: '' };
    const { after } = settled([bad(0), undo], { state: 'ROLLING_BACK', retry, outcome });
    expect(after.recovery.state).toBe('SCHEDULED');
    expect(after.steps).toEqual([aStep(0)]);
  });

  test.each<[string, RecoveryStep[], Partial<Recovery>]>([
    ['when its attempts are used up', [bad(0)], { attempts: 2 }],
    ['when the failed step had retries of its own', [bad(0, { retry: retryPolicy({ maxRetryAttempts: 2 }) })], {}],
    ['when the policy is manual', [bad(0)], { retry: retryPolicy({ strategy: 'manual' }) }],
    ['when the policy is to try once', [bad(0)], { retry: NO_RETRY }],
    ['when recovery_timeout is over', [bad(0, {}, 'recovery_timeout')], {}],
    ['when the constitution refused', [bad(0, {}, 'constitution')], {}],
    ['when the target is not what was approved', [bad(0, {}, 'target_changed')], {}],
  ])('does not happen %s', (_, steps, over) => {
    expect(settled(steps, { retry, ...over }, nothingToUndo).after.recovery.state).toBe('FAILED');
  });

  test('does not undo what a person rolled back', () => {
    const undo = aStep(1, { ...ran, kind: 'undo', undoes: 0, state: 'succeeded' });
    const outcome = { code: 'rolled_back_by', message: 'rolled back by Ann' };
    const m = settled([bad(0), undo], { state: 'ROLLING_BACK', retry, outcome });
    expect(m.after.recovery).toMatchObject({ state: 'ROLLED_BACK', outcome });
    expect(kinds(m)).toEqual(['recovery.rolled_back']);
  });
});

describe('the reason', () => {
  test.each<[RecoveryStep, string]>([
    [bad(2, { name: 'Start redis', attempts: 3 }), 'Step 3 "Start redis" failed 3 times: connection refused'],
    [bad(0, { name: 'Start redis' }), 'Step 1 "Start redis" failed: connection refused'],
    [aStep(0, { state: 'unknown' }), 'Step 1 "Step 0": outcome unknown'],
  ])('reads like a sentence', (of, sentence) => expect(because(of)).toBe(sentence));
});

test('a call for people has a key of its own for each reason and version, so that none is sent twice', () => {
  const m = escalate(move(aSnapshot([], { version: 7 })), 'manual', 'why', 'Ann');
  expect(m.effects).toEqual([
    {
      key: 'escalation:R-12:manual:7',
      kind: 'escalation',
      payload: { recovery: 12, service: 'redis', code: 'manual', reason: 'why', by: 'Ann' },
    },
  ]);
});
