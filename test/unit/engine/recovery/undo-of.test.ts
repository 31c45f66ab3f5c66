import { describe, expect, test } from '@jest/globals';
import { createActions } from '../../../../src/engine/actions/actions.js';
import { createUndoOf } from '../../../../src/engine/recovery/undo-of.js';
import { aStep } from '../../../support/builders.js';

const undoOf = createUndoOf(createActions());
const stopped = { instance: null };
const running = { instance: '4711' };
const stop = { action: 'stop_service', input: { service: 'redis' }, rollback: 'inverse' as const };

describe('what undoes a step', () => {
  test("is the action's own inverse of what was there before", () => {
    expect(undoOf(aStep(0, { ...stop, before: running }))).toMatchObject({ action: 'start_service' });
    expect(undoOf(aStep(0, { ...stop, before: stopped }))).toBeUndefined();
  });

  test('goes back to what was there before the first attempt, not before the last one', () => {
    expect(undoOf(aStep(0, { ...stop, firstBefore: running, before: stopped }))).toMatchObject({
      action: 'start_service',
    });
  });

  test("is its author's rollback, where there is one", () => {
    const rollback = { action: 'notify', input: { message: 'undone' } };
    expect(undoOf(aStep(0, { ...stop, before: running, rollback }))).toMatchObject(rollback);
  });
});
