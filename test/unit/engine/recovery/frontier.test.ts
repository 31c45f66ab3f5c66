import { describe, expect, test } from '@jest/globals';
import type { RecoveryStep, StepState } from '../../../../src/engine/model/recovery.js';
import { direction, ended, frontier } from '../../../../src/engine/recovery/frontier.js';
import { aStep } from '../../../support/builders.js';

const positions = (steps: RecoveryStep[]) => frontier(steps).map((step) => step.position);
const failed = (code: string, over: Partial<RecoveryStep> = {}) =>
  aStep(0, { state: 'failed', error: { code, message: '' }, ...over });

describe('a step', () => {
  test.each<[StepState, boolean]>([
    ['pending', false],
    ['running', false],
    ['unknown', false],
    ['failed', false],
    ['succeeded', true],
    ['skipped', true],
    ['cancelled', true],
  ])('%s has ended: %p', (state, expected) => expect(ended(aStep(0, { state }))).toBe(expected));

  test('that failed has ended when its author wants to continue', () => {
    expect(ended(failed('action_failed', { onFailure: 'continue' }))).toBe(true);
  });

  test.each(['constitution', 'tampered', 'target_changed', 'recovery_timeout'])(
    'that was refused (%s) stops the recovery also when its author wants to continue',
    (code) => expect(ended(failed(code, { onFailure: 'continue' }))).toBe(false),
  );
});

describe('next', () => {
  test('are all steps of the lowest stage that has not ended', () => {
    const steps = [
      aStep(0, { state: 'succeeded' }),
      aStep(1, { stage: 1 }),
      aStep(2, { stage: 1 }),
      aStep(3, { stage: 2 }),
    ];
    expect(positions(steps)).toEqual([1, 2]);
  });

  test.each<StepState>(['running', 'failed', 'unknown'])('is nothing behind a %s step', (state) => {
    expect(positions([aStep(0, { state }), aStep(1)])).toEqual([0]);
  });

  test('is nothing when all have ended', () => {
    expect(positions([aStep(0, { state: 'succeeded' }), aStep(1, { state: 'skipped' })])).toEqual([]);
    expect(positions([])).toEqual([]);
  });

  test('are only undo steps once there are any', () => {
    const steps = [aStep(0, { state: 'failed' }), aStep(1), aStep(2, { kind: 'undo', undoes: 0 })];
    expect(direction(steps)).toBe('undo');
    expect(positions(steps)).toEqual([2]);
  });
});
