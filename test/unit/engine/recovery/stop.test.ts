import { describe, expect, test } from '@jest/globals';
import { move } from '../../../../src/engine/recovery/move.js';
import { settle } from '../../../../src/engine/recovery/settle.js';
import { DRILL_ABORTED, stop } from '../../../../src/engine/recovery/stop.js';
import type { UndoOf } from '../../../../src/engine/recovery/undo.js';
import { aPlan, aSnapshot, aStep, T0 } from '../../../support/builders.js';

const undoOf: UndoOf = ({ action }) =>
  action === 'stop_service'
    ? { action: 'start_service', input: { service: 'redis' }, timeoutMs: 1_000, idempotent: true }
    : undefined;
const BROKEN = aStep(0, { id: 'drill_break', action: 'stop_service', state: 'succeeded', startedAt: T0, before: {} });
const HALF = [BROKEN, aStep(1, { action: 'start_service' })];
const plan = { ...aPlan(), drill: true as const };

describe('a drill that is ended before its time', () => {
  test.each(['IN_PROGRESS', 'AWAITING_APPROVAL', 'AWAITING_MANUAL', 'SCHEDULED'] as const)(
    'in %s goes back by itself, and is free for any worker',
    (state) => {
      const { after, events } = stop(move(aSnapshot(HALF, { state, plan })), 'Ann', { undoOf, now: T0 });
      expect(after.recovery).toMatchObject({ state: 'ROLLING_BACK', owner: null, wakeAt: T0, endedAt: null });
      expect(after.recovery.outcome).toEqual({ code: DRILL_ABORTED, message: 'the drill was ended: cancelled by Ann' });
      expect(after.steps.filter(({ kind }) => kind === 'undo').map(({ action }) => action)).toEqual(['start_service']);
      expect(events.map(({ kind }) => kind)).toEqual(['recovery.rolling_back']);
    },
  );

  test('is cancelled like any other where nothing was broken yet', () => {
    const fresh = aSnapshot([aStep(0, { action: 'stop_service' })], { state: 'AWAITING_APPROVAL', plan });
    expect(stop(move(fresh), 'Ann', { undoOf, now: T0 }).after.recovery.state).toBe('CANCELLED');
  });

  test('is a drill alone: a recovery stays as it is', () => {
    const { after } = stop(move(aSnapshot(HALF, { state: 'IN_PROGRESS' })), 'Ann', { undoOf, now: T0 });
    expect(after.recovery.state).toBe('CANCELLED');
  });
});

describe('a step of a drill whose outcome is unknown', () => {
  test('is no question to people while the service lies broken', () => {
    const steps = [BROKEN, aStep(1, { state: 'unknown', startedAt: T0 })];
    const state = 'IN_PROGRESS' as const;
    expect(settle(move(aSnapshot(steps, { state, plan })), undoOf, T0).after.recovery.state).toBe('ROLLING_BACK');
    expect(settle(move(aSnapshot(steps, { state })), undoOf, T0).after.recovery.state).toBe('AWAITING_MANUAL');
  });
});
