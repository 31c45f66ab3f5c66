import { describe, expect, test } from '@jest/globals';
import { acquire, release } from '../../../../src/engine/recovery/lease-moves.js';
import { move } from '../../../../src/engine/recovery/move.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';

const worker = { id: 'w2', host: 'h', pid: 1, startedAt: '1', pools: ['default'], version: '0' };
const taken = (recovery: Parameters<typeof aSnapshot>[1]) =>
  acquire(move(aSnapshot([aStep(0)], recovery)), worker, at(1_000));

describe('taking a scheduled recovery', () => {
  test('starts an attempt under a new epoch', () => {
    const { after, events } = taken({ epoch: 3, attempts: 1, nextAttemptAt: at(0) });
    expect(after.recovery).toMatchObject({
      state: 'IN_PROGRESS',
      owner: 'w2',
      epoch: 4,
      attempts: 2,
      nextAttemptAt: null,
      startedAt: at(1_000),
      activeSince: at(1_000),
      wakeAt: at(1_000),
    });
    expect(events).toMatchObject([{ kind: 'recovery.started', data: { worker: 'w2', epoch: 4, attempt: 2 } }]);
  });

  test('consumes the approval of the plan, the first time only', () => {
    expect(taken({ approvalId: 'q1' }).consume).toEqual([{ approval: 'q1', digest: expect.any(String) }]);
    expect(taken({ approvalId: 'q1', startedAt: at(0) }).consume).toBeUndefined();
    expect(taken({}).consume).toBeUndefined();
  });
});

describe('taking over', () => {
  test.each(['IN_PROGRESS', 'ROLLING_BACK'] as const)('%s from a dead worker is no new attempt', (state) => {
    const { after, events } = taken({
      state,
      owner: 'w1',
      attempts: 1,
      startedAt: at(0),
      activeSince: at(0),
      epoch: 1,
    });
    expect(after.recovery).toMatchObject({ state, owner: 'w2', epoch: 2, attempts: 1, activeSince: at(0) });
    expect(events).toMatchObject([{ kind: 'recovery.taken_over', data: { from: 'w1', worker: 'w2' } }]);
  });

  test('what was released goes on without a word', () => {
    expect(taken({ state: 'IN_PROGRESS', owner: null, startedAt: at(0) }).events).toEqual([]);
  });
});

test('releasing frees the owner and says where and when it goes on', () => {
  const held = aSnapshot([], { state: 'IN_PROGRESS', owner: 'w1', epoch: 1 });
  const { after, events } = release(move(held), { pool: 'east', wakeAt: at(60_000), why: 'pool' });
  expect(after.recovery).toMatchObject({
    state: 'IN_PROGRESS',
    owner: null,
    pool: 'east',
    wakeAt: at(60_000),
    epoch: 1,
  });
  expect(events).toMatchObject([{ kind: 'recovery.released', data: { pool: 'east', reason: 'pool' } }]);
});
