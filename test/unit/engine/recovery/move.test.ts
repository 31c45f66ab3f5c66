import { describe, expect, test } from '@jest/globals';
import type { RecoveryState } from '../../../../src/engine/model/recovery.js';
import { activeMs, effect, event, move, moveTo, setStep, step } from '../../../../src/engine/recovery/move.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';

const working = (over = {}) =>
  move(aSnapshot([aStep(0)], { state: 'IN_PROGRESS', owner: 'w1', wakeAt: at(0), activeSince: at(0), ...over }));

describe('the active clock', () => {
  test('starts with the work', () => {
    const { recovery } = moveTo(move(aSnapshot()), 'IN_PROGRESS', at(5_000)).after;
    expect(recovery).toMatchObject({ activeSince: at(5_000), activeMs: 0 });
    expect(activeMs(recovery, at(6_000))).toBe(1_000);
  });

  test.each<RecoveryState>(['AWAITING_APPROVAL', 'AWAITING_MANUAL', 'SCHEDULED', 'SUCCEEDED'])(
    'stops at %s',
    (state) => {
      const { recovery } = moveTo(working({ activeMs: 100 }), state, at(2_000)).after;
      expect(recovery).toMatchObject({ activeMs: 2_100, activeSince: null });
      expect(activeMs(recovery, at(999_000))).toBe(2_100);
    },
  );

  test('goes on through a rollback', () => {
    const { recovery } = moveTo(working(), 'ROLLING_BACK', at(2_000)).after;
    expect(recovery).toMatchObject({ activeSince: at(0), activeMs: 0 });
  });

  test('leaves out the hour that a person took', () => {
    const waiting = moveTo(working(), 'AWAITING_MANUAL', at(1_000));
    const again = moveTo(waiting, 'IN_PROGRESS', at(3_601_000));
    expect(activeMs(again.after.recovery, at(3_603_000))).toBe(3_000);
  });
});

describe('waiting for people', () => {
  test.each<RecoveryState>(['AWAITING_APPROVAL', 'AWAITING_MANUAL'])('clears owner and wake-up: %s', (state) => {
    expect(moveTo(working(), state, at(1)).after.recovery).toMatchObject({ owner: null, wakeAt: null });
  });
});

test('a rollback keeps its owner, who goes on with it', () => {
  expect(moveTo(working(), 'ROLLING_BACK', at(1)).after.recovery.owner).toBe('w1');
});

test('where it began stays as it was', () => {
  const from = aSnapshot();
  const made = setStep(moveTo(move(from), 'IN_PROGRESS', at(1)), 0, { state: 'running' });
  expect(made.before).toBe(from);
  expect(from.recovery.state).toBe('SCHEDULED');
  expect(from.steps[0]?.state).toBe('pending');
});

test('only the step that changed is a new object, so that only it is written', () => {
  const from = aSnapshot([aStep(0), aStep(1)]);
  const { steps } = setStep(move(from), 1, { state: 'running' }).after;
  expect(steps[0]).toBe(from.steps[0]);
  expect(steps[1]).not.toBe(from.steps[1]);
});

test('every event tells service and plan', () => {
  expect(event(move(aSnapshot()), 'step.log', 'reviver', { message: 'x' }).events).toEqual([
    { kind: 'step.log', actor: 'reviver', data: { service: 'redis', plan: 'redis_outage', message: 'x' } },
  ]);
});

test('a step that is not there is a defect that is named', () => {
  expect(() => step(move(aSnapshot()), 7)).toThrow('recovery 12 has no step at position 7');
});

test('what leaves Reviver is kept without secrets', () => {
  const payload = { recovery: 12, reason: 'redis://:hunter2@10.0.0.7 refused' };
  expect(effect(working(), { key: 'k', kind: 'escalation', payload }).effects).toEqual([
    { key: 'k', kind: 'escalation', payload: { recovery: 12, reason: 'redis://:•••@10.0.0.7 refused' } },
  ]);
});
