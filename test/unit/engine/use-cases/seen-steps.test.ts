import { describe, expect, test } from '@jest/globals';
import type { RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { act } from '../../../../src/engine/use-cases/act.js';
import { aSnapshot, aStep, T0 } from '../../../support/builders.js';
import { ANN, world } from './memory-ports.js';

const ran = { startedAt: T0, attempts: 1 };
const stuckAt = (...positions: number[]): RecoveryStep[] =>
  [0, 1, 2].map((position) =>
    aStep(position, {
      ...(position <= Math.max(...positions) ? ran : {}),
      state: positions.includes(position) ? 'unknown' : position < Math.min(...positions) ? 'succeeded' : 'pending',
    }),
  );
const waiting = (...positions: number[]) =>
  world([aSnapshot(stuckAt(...positions), { id: 12, state: 'AWAITING_MANUAL' })]);

describe('a word about a step that waits', () => {
  test.each(['mark_done', 'retry'] as const)('%s holds for the step that was seen', async (verb) => {
    const { ports, written } = waiting(0);
    await act(12, verb, ANN, ports, { steps: [1] });
    expect(written).toHaveLength(1);
  });

  test.each(['mark_done', 'retry'] as const)(
    '%s of a step that waits no more is no word about the next one',
    async (verb) => {
      const { ports, written } = waiting(1);
      await expect(act(12, verb, ANN, ports, { steps: [1] })).rejects.toThrow(
        'Step 1 of R-12 does not wait for a person any more; now step 2 does. Nothing changed; look at R-12 as it is now.',
      );
      expect(written).toEqual([]);
    },
  );

  test('is about all that wait side by side, or refused', async () => {
    await expect(act(12, 'mark_done', ANN, waiting(0, 1).ports, { steps: [1] })).rejects.toThrow(
      /now step 1 and 2 does/,
    );
    const { ports, written } = waiting(0, 1);
    await act(12, 'mark_done', ANN, ports, { steps: [2, 1] });
    expect(written).toHaveLength(1);
  });

  test('that was pressed on an old card does not start a recovery that has ended anew', async () => {
    const { ports, drafts } = world([aSnapshot(stuckAt(0), { id: 12, state: 'FAILED', endedAt: T0 })]);
    await expect(act(12, 'retry', ANN, ports, { steps: [1] })).rejects.toThrow(/does not wait for a person any more\./);
    expect(drafts).toEqual([]);
  });

  test('typed without a number is about whatever waits', async () => {
    const { ports, written } = waiting(1);
    await act(12, 'mark_done', ANN, ports);
    expect(written).toHaveLength(1);
  });
});
