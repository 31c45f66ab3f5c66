import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEngine } from '../../../../src/engine/create-engine.js';
import { UserError } from '../../../../src/engine/model/errors.js';
import type { RecoveryStore } from '../../../../src/engine/ports.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';
import { eventually } from '../../../support/eventually.js';
import { ANN, refusal, type World, who, world } from './memory-ports.js';

let away: boolean;
let ending: AbortController;
beforeEach(() => {
  away = true;
  ending = new AbortController();
});
afterEach(() => ending.abort());

/** A waiting recovery in a store that answers while it is not `away`. */
function cancelling(): World & { cancel: (who?: typeof ANN) => Promise<unknown>; logged: string[] } {
  const logged: string[] = [];
  const waiting = aSnapshot([aStep(0)], { state: 'AWAITING_APPROVAL', createdAt: at(0) });
  const made = world([waiting], { ending: ending.signal, log: (_level, message) => void logged.push(message) });
  const { load } = made.ports.store;
  const store: RecoveryStore = {
    ...made.ports.store,
    load: async (id) => {
      if (away) throw new UserError('unavailable', 'the database does not answer', { part: 'postgres' });
      return load(id);
    },
  };
  const engine = createEngine({
    ...made.ports,
    store,
    incidents: { ...made.ports.incidents, openFor: async () => undefined },
  });
  return { ...made, logged, cancel: (by = ANN) => engine.act(12, 'cancel', by) };
}

describe('a cancel while the database is away', () => {
  test('is accepted and says so: its worker is told now, and it is carried out when the database is back', async () => {
    const { cancel, recoveries, told } = cancelling();
    const answer = await refusal(cancel());
    expect(answer).toMatchObject({ code: 'unavailable', facts: { recovery: 'R-12' } });
    expect(answer.message).toMatch(/not stored yet\. .* cancelled as soon as the database is back/);
    expect(told).toEqual(['cancel R-12 by Ann']);
    away = false;
    await eventually(() =>
      expect(recoveries[0]?.recovery).toMatchObject({ state: 'CANCELLED', outcome: { message: 'cancelled by Ann' } }),
    );
  });

  test('said again is still one', async () => {
    const { cancel, written, logged } = cancelling();
    for (const _ of [1, 2, 3]) await refusal(cancel());
    away = false;
    await eventually(() => expect(logged).toEqual(['a cancel was kept and is carried out']));
    expect(written).toHaveLength(1);
  });

  test('is not accepted from whoever may not cancel', async () => {
    const { cancel, told } = cancelling();
    expect((await refusal(cancel(who('Vera', 'viewer')))).code).toBe('forbidden');
    expect(told.filter((line) => line.startsWith('cancel'))).toEqual([]);
  });

  test('ends with the process, which says that it was not carried out', async () => {
    const { cancel, recoveries, logged } = cancelling();
    await refusal(cancel());
    ending.abort();
    await eventually(() => expect(logged).toEqual(['a cancel was kept and not carried out']));
    expect(recoveries[0]?.recovery.state).toBe('AWAITING_APPROVAL');
  });
});
