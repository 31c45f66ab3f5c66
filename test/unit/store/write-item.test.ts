import { describe, expect, test } from '@jest/globals';
import type { RecoveryState } from '../../../src/engine/model/recovery.js';
import { type Move, move, moveTo, setRecovery, setStep, setSteps } from '../../../src/engine/recovery/move.js';
import { addedSteps, holdsSlot, removedPositions, writeItem } from '../../../src/store/write-item.js';
import { aSnapshot, aStep, at } from '../../support/builders.js';

const running = (state: RecoveryState = 'IN_PROGRESS') =>
  move(aSnapshot([aStep(0), aStep(1)], { state, epoch: 3, revision: 7, owner: 'w1', activeSince: at(0) }));

describe('a write', () => {
  test('is fenced by what it began with, and carries what it becomes', () => {
    const taken = setRecovery(running(), { epoch: 4, owner: 'w2' });
    expect(writeItem(taken)).toMatchObject({
      id: 12,
      epoch: 3,
      revision: 7,
      new_epoch: 4,
      owner: 'w2',
      state: 'IN_PROGRESS',
    });
  });

  test('sends only the steps that changed', () => {
    expect(writeItem(running()).steps).toEqual([]);
    const begun = setStep(running(), 1, { state: 'running', attempts: 1, startedAt: at(5), before: { pid: 1 } });
    expect(writeItem(begun).steps).toEqual([
      {
        position: 1,
        state: 'running',
        attempts: 1,
        started_at: at(5),
        ended_at: null,
        next_attempt_at: null,
        before: { pid: 1 },
        first_before: null,
        result: null,
        error: null,
        approval_id: null,
        interruptions: 0,
      },
    ]);
  });

  test('leaves steps that are new, and those that are gone, to the transaction that makes and removes rows', () => {
    const undo = aStep(2, { kind: 'undo', undoes: 0, state: 'running' });
    const turned = setSteps(running(), [...running().after.steps, undo]);
    expect(addedSteps(turned)).toEqual([undo]);
    expect(writeItem(setSteps(turned, turned.after.steps)).steps).not.toContainEqual(
      expect.objectContaining({ position: 2 }),
    );
    const back: Move = { ...running(), before: turned.after };
    expect(removedPositions(back)).toEqual([2]);
    expect(addedSteps(back)).toEqual([]);
  });
});

describe('slot and claims', () => {
  test.each<[RecoveryState, { frees: boolean; ends: boolean; status: string | undefined }]>([
    ['AWAITING_MANUAL', { frees: true, ends: false, status: undefined }],
    ['AWAITING_APPROVAL', { frees: true, ends: false, status: undefined }],
    ['SCHEDULED', { frees: true, ends: false, status: undefined }],
    ['ROLLING_BACK', { frees: false, ends: false, status: undefined }],
    ['SUCCEEDED', { frees: true, ends: true, status: 'completed' }],
    ['FAILED', { frees: true, ends: true, status: 'failed' }],
    ['CANCELLED', { frees: true, ends: true, status: 'failed' }],
  ])('on the way to %s', (state, expected) => {
    const { frees, ends, status } = writeItem(moveTo(running(), state, at(1)));
    expect({ frees, ends, status }).toEqual(expected);
  });

  test('stay as they are while the state does', () => {
    expect(writeItem(setRecovery(running(), { owner: null }))).toMatchObject({ frees: false, ends: false });
  });

  test('a slot is held exactly while work is done', () => {
    expect(
      (['IN_PROGRESS', 'ROLLING_BACK', 'SCHEDULED', 'AWAITING_MANUAL', 'SUCCEEDED'] as const).filter(holdsSlot),
    ).toEqual(['IN_PROGRESS', 'ROLLING_BACK']);
  });
});
