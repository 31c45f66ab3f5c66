import { describe, expect, test } from '@jest/globals';
import type { Verb } from '../../../../src/engine/engine.js';
import type { Recovery, Snapshot } from '../../../../src/engine/model/recovery.js';
import { act } from '../../../../src/engine/use-cases/act.js';
import { aPlan, aPlannedStep, aSnapshot, aStep, at, T0 } from '../../../support/builders.js';
import { ANN, NOW, refusal, world } from './memory-ports.js';

const stopped = aStep(0, { state: 'succeeded', startedAt: T0, endedAt: T0, attempts: 1 });
const ended = (over: Partial<Recovery>): Snapshot =>
  aSnapshot([stopped], { state: 'FAILED', startedAt: T0, endedAt: T0, ...over });
const undoing = (over: Partial<Recovery> = {}): Snapshot =>
  ended({
    id: 13,
    state: 'CANCELLED',
    startedAt: null,
    plan: aPlan({ kind: 'steps', steps: [aPlannedStep('a')] }),
    ...over,
  });
const later = (over: Partial<Recovery> = {}): Snapshot => ended({ id: 14, state: 'SUCCEEDED', ...over });

describe('what was there before a recovery', () => {
  test.each<[string, Verb, Snapshot]>([
    ['a rollback after the end', 'rollback', ended({ id: 13 })],
    ['an undo', 'undo', ended({ id: 13, state: 'SUCCEEDED' })],
    ['the retry of an undo that was rejected', 'retry', undoing()],
  ])('is not put back by %s once a later recovery has begun to change the service', async (_, verb, of) => {
    const w = world([of, later()]);
    expect(await refusal(act(13, verb, ANN, w.ports))).toMatchObject({
      code: 'conflict',
      message: 'R-14 changed redis after R-13, so what was there before R-13 cannot be put back.',
    });
    expect([...w.written, ...w.drafts]).toEqual([]);
  });

  test('counts as changed by the recovery of another service that claimed this one', async () => {
    const w = world([ended({ id: 13 }), later({ service: 'web', claims: ['redis', 'web'] })]);
    expect((await refusal(act(13, 'rollback', ANN, w.ports))).message).toMatch(/^R-14 changed redis after R-13/);
  });

  test.each<[string, Snapshot]>([
    ['an earlier one', later({ id: 9 })],
    ['one that never began', later({ state: 'CANCELLED', startedAt: null })],
    ['one of other services', later({ service: 'web', claims: ['web'] })],
  ])('is put back in spite of %s', async (_, other) => {
    const { view } = await act(13, 'rollback', ANN, world([ended({ id: 13 }), other]).ports);
    expect(view.recovery.state).toBe('ROLLING_BACK');
  });

  test('is not put back by the retry of an undo that is too old', async () => {
    const w = world([undoing({ endedAt: at(NOW.getTime() - T0.getTime() - 2 * 3_600_000) })]);
    expect((await refusal(act(13, 'retry', ANN, w.ports))).message).toMatch(/is undone within 1 h 00 min only/);
  });
});

test('a recovery that its worker let go of in the moment of the cancel is cancelled all the same', async () => {
  const held = aSnapshot([aStep(0)], { state: 'IN_PROGRESS', owner: 'w1', startedAt: T0 });
  const waiting = aSnapshot([aStep(0)], { state: 'AWAITING_APPROVAL', startedAt: T0, cancelBy: 'Ann' });
  const w = world([held], {
    store: {
      async requestCancel() {
        w.recoveries.splice(0, 1, waiting);
        return waiting.recovery;
      },
    },
  });
  const { message, view } = await act(12, 'cancel', ANN, w.ports);
  expect({ message, state: view.recovery.state }).toEqual({ message: 'R-12 is cancelled.', state: 'CANCELLED' });
});
