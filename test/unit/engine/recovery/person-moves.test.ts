import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../../../src/engine/model/errors.js';
import type { Recovery, RecoveryState, RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { move } from '../../../../src/engine/recovery/move.js';
import {
  cancelIdle,
  escalateBy,
  expireApproval,
  giveToPerson,
  markDone,
  retry,
  rollBackBy,
} from '../../../../src/engine/recovery/person-moves.js';
import type { UndoOf } from '../../../../src/engine/recovery/undo.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';

const undoOf: UndoOf = () => ({ action: 'start_service', input: {}, timeoutMs: 1, idempotent: true });
const ran = { startedAt: at(0), attempts: 2 };
const good = aStep(0, { ...ran, state: 'succeeded' });
const stuck = aStep(1, { ...ran, state: 'unknown', endedAt: at(1), error: { code: 'unknown_outcome', message: '?' } });
const undone = (over: Partial<RecoveryStep>) => aStep(1, { kind: 'undo', undoes: 0, ...over });

const waiting = (steps: RecoveryStep[] = [good, stuck], over: Partial<Recovery> = {}) =>
  move(aSnapshot(steps, { state: 'AWAITING_MANUAL', startedAt: at(0), wakeAt: null, ...over }));
const inState = (state: RecoveryState, steps: RecoveryStep[] = [good], over: Partial<Recovery> = {}) =>
  move(aSnapshot(steps, { state, ...over }));

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError && error.code === 'conflict') return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('Retry', () => {
  test('gives the stuck step its attempts back and goes on at once', () => {
    const { after, events } = retry(waiting(), 'Ann', at(9_000));
    expect(after.recovery).toMatchObject({ state: 'IN_PROGRESS', wakeAt: at(9_000), outcome: null });
    expect(after.steps[0]).toBe(good);
    expect(after.steps[1]).toMatchObject({ state: 'pending', attempts: 0, error: null, startedAt: at(0) });
    expect(events).toMatchObject([{ kind: 'recovery.retried', actor: 'Ann', data: { steps: [1] } }]);
  });

  test('goes on with a rollback when that is what got stuck', () => {
    const m = retry(waiting([good, undone({ ...ran, state: 'unknown' })]), 'Ann', at(0));
    expect(m.after.recovery.state).toBe('ROLLING_BACK');
  });

  test('schedules what has not begun yet, so that it queues for slot and claims', () => {
    expect(retry(waiting([aStep(0)], { startedAt: null }), 'Ann', at(0)).after.recovery.state).toBe('SCHEDULED');
  });

  test('is refused while nothing waits for a person', () => {
    expect(refusal(() => retry(inState('IN_PROGRESS'), 'Ann', at(0)))).toBe(
      'R-12 is not waiting for a person, so there is nothing to retry. It is IN_PROGRESS.',
    );
  });
});

describe('Mark done', () => {
  test("counts the step as done, on that person's word", () => {
    const { after, events } = markDone(waiting(), 'Ann', at(9_000));
    expect(after.recovery.state).toBe('IN_PROGRESS');
    expect(after.steps[1]).toMatchObject({
      state: 'succeeded',
      endedAt: at(9_000),
      error: null,
      result: { summary: 'marked done by Ann' },
    });
    expect(events).toMatchObject([{ kind: 'recovery.marked_done', actor: 'Ann', data: { steps: [1] } }]);
  });

  test('is refused when no step waits for it', () => {
    expect(refusal(() => markDone(waiting([good]), 'Ann', at(0)))).toMatch(/has no step that waits to be marked done/);
    expect(refusal(() => markDone(inState('IN_PROGRESS', [stuck]), 'Ann', at(0)))).toMatch(/It is IN_PROGRESS\.$/);
  });
});

describe('Roll back', () => {
  test('turns round from a stuck step', () => {
    const { after, events } = rollBackBy(waiting(), 'Ann', undoOf, at(9_000));
    expect(after.recovery).toMatchObject({
      state: 'ROLLING_BACK',
      wakeAt: at(9_000),
      owner: null,
      outcome: { code: 'rolled_back_by', message: 'rolled back by Ann' },
    });
    expect(after.steps.slice(2).map(({ undoes }) => undoes)).toEqual([1, 0]);
    expect(events).toMatchObject([{ kind: 'recovery.rolling_back', actor: 'Ann' }]);
  });

  test.each<RecoveryState>(['SUCCEEDED', 'FAILED', 'CANCELLED'])('opens an ended one again: %s', (state) => {
    const { recovery } = rollBackBy(inState(state, [good], { endedAt: at(1) }), 'Ann', undoOf, at(9_000)).after;
    expect(recovery).toMatchObject({ state: 'ROLLING_BACK', endedAt: null, activeSince: at(9_000) });
  });

  test.each<[string, ReturnType<typeof move>, string]>([
    ['while it runs', inState('IN_PROGRESS'), 'R-12 cannot be rolled back now; cancel it first. It is IN_PROGRESS.'],
    [
      'while it rolls back',
      inState('ROLLING_BACK', [good, undone({})]),
      'R-12 is rolling back already. It is ROLLING_BACK.',
    ],
    [
      'after it was',
      inState('ROLLED_BACK', [good, undone({})]),
      'R-12 was rolled back already, and nothing is undone twice. It is ROLLED_BACK.',
    ],
    [
      'after it failed to',
      inState('FAILED', [good, undone({ state: 'failed' })]),
      'R-12 was rolled back already, and nothing is undone twice. It is FAILED.',
    ],
    [
      'when nothing was done',
      inState('CANCELLED', [aStep(0)]),
      'R-12 did nothing that could be undone. It is CANCELLED.',
    ],
  ])('is refused %s', (_, m, message) => {
    expect(refusal(() => rollBackBy(m, 'Ann', undoOf, at(0)))).toBe(message);
  });
});

describe('Cancel', () => {
  test.each<RecoveryState>(['SCHEDULED', 'AWAITING_APPROVAL', 'IN_PROGRESS', 'AWAITING_MANUAL'])(
    'ends %s, and lists what was done',
    (state) => {
      const made = cancelIdle(inState(state, [good, aStep(1)]), 'Ann', at(9_000));
      expect(made.after.recovery).toMatchObject({
        state: 'CANCELLED',
        endedAt: at(9_000),
        wakeAt: null,
        outcome: { code: 'cancelled', message: 'cancelled by Ann' },
      });
      expect(made.events).toMatchObject([{ kind: 'recovery.cancelled', actor: 'Ann', data: { done: ['Step 0'] } }]);
      expect(made.close).toBe('superseded');
    },
  );

  test.each<[ReturnType<typeof move>, RegExp]>([
    [inState('SUCCEEDED'), /has ended already\. It is SUCCEEDED\.$/],
    [inState('ROLLING_BACK', [good, undone({})]), /is rolling back; that is not cancelled half way/],
    [waiting([good, undone({ ...ran, state: 'unknown' })]), /is rolling back; that is not cancelled half way/],
  ])('is refused', (m, message) => expect(refusal(() => cancelIdle(m, 'Ann', at(0)))).toMatch(message));
});

describe('an approval that expires', () => {
  test('undecided cancels, closes the question and calls people once', () => {
    const made = expireApproval(inState('AWAITING_APPROVAL', [aStep(0)]), at(9_000));
    expect(made.after.recovery).toMatchObject({
      state: 'CANCELLED',
      outcome: { code: 'approval_expired', message: 'nobody decided in time' },
    });
    expect(made.close).toBe('expired');
    expect(made.effects).toMatchObject([{ kind: 'escalation', payload: { code: 'approval_expired' } }]);
  });

  test.each<RecoveryState>(['SCHEDULED', 'IN_PROGRESS'])('unused says so, since somebody did decide: %s', (state) => {
    expect(expireApproval(inState(state), at(0)).after.recovery.outcome?.message).toBe(
      'it was approved, but could not start in time',
    );
  });
});

test('Escalate changes nothing but calls people, in the name of who asked', () => {
  const m = inState('IN_PROGRESS');
  const made = escalateBy(m, 'Ann');
  expect(made.after).toBe(m.after);
  expect(made.events).toMatchObject([
    { kind: 'recovery.escalated', actor: 'Ann', data: { reason: 'Ann asks for help' } },
  ]);
});

describe('a defect of ours', () => {
  const worker = { id: 'w1', host: 'h', pid: 1, startedAt: '1', pools: ['default'], version: '0' };
  const given = (over: Partial<Recovery>, steps: RecoveryStep[]) =>
    giveToPerson(aSnapshot(steps, over), worker, 'x is not a function', at(9_000));

  test('leaves the recovery to a person, with what was under way unknown', () => {
    const running = aStep(1, { ...ran, state: 'running' });
    const { after, effects, events } = given({ state: 'IN_PROGRESS', owner: 'w1', epoch: 3, startedAt: at(0) }, [
      good,
      running,
    ]);
    expect(after.recovery).toMatchObject({
      state: 'AWAITING_MANUAL',
      owner: null,
      epoch: 3,
      outcome: { code: 'internal_error', message: 'x is not a function' },
    });
    expect(after.steps.map(({ state }) => state)).toEqual(['succeeded', 'unknown']);
    expect(events.map(({ kind }) => kind)).toEqual(['step.unknown', 'recovery.awaiting_manual', 'recovery.escalated']);
    expect(effects).toMatchObject([{ kind: 'escalation', payload: { code: 'internal_error' } }]);
  });

  test.each<[RecoveryState, string | null]>([
    ['SCHEDULED', null],
    ['IN_PROGRESS', 'a dead worker'],
    ['ROLLING_BACK', null],
  ])('before the first commit takes it under a new epoch: %s', (state, owner) => {
    expect(given({ state, owner, epoch: 3 }, [aStep(0)]).after.recovery).toMatchObject({
      state: 'AWAITING_MANUAL',
      epoch: 4,
    });
  });
});
