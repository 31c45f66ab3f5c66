import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createRefusals, type Refusals } from '../../../src/api/refusals.js';

let told: object[];
let refusals: Refusals;
beforeEach(() => {
  jest.useFakeTimers();
  told = [];
  refusals = createRefusals(
    async (who, facts) => void told.push({ who, ...facts }),
    () => {},
  );
});
afterEach(() => void jest.useRealTimers());

const unknown = (address: string) => refusals.denied('unknown', { reason: 'unknown', address });

test('the first is told at once, the others of its minute as one, and then it begins anew', async () => {
  for (let n = 0; n < 50; n += 1) await unknown('10.0.0.1');
  expect(told).toEqual([{ who: 'unknown', reason: 'unknown', address: '10.0.0.1', times: 1 }]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(told.slice(1)).toEqual([{ who: 'unknown', reason: 'unknown', address: '10.0.0.1', times: 49 }]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(told).toHaveLength(2);
  await unknown('10.0.0.1');
  expect(told).toHaveLength(3);
});

test('who comes without a token is told once an hour', async () => {
  for (let n = 0; n < 120; n += 1) {
    await refusals.denied('unknown', { reason: 'missing', address: '10.0.0.1' });
    await jest.advanceTimersByTimeAsync(30_000 - 1);
  }
  expect(told.length).toBeLessThanOrEqual(2);
});

test('however many addresses try, what is told is bounded, and nobody is left out of the sum', async () => {
  for (let n = 0; n < 1_000; n += 1) await unknown(`10.0.${n >> 8}.${n & 255}`);
  await refusals.close();
  expect(told.length).toBeLessThan(70);
  expect(told.reduce((sum, one) => sum + (one as { times: number }).times, 0)).toBe(1_000);
  expect(told).toContainEqual({ who: 'unknown', reason: 'unknown', address: 'many', times: 1 });
});

test('a record that fails is logged with its number, and refuses nobody less', async () => {
  const logged: unknown[] = [];
  const failing = createRefusals(
    async () => {
      throw new Error('the database is away');
    },
    (level, message, facts) => void logged.push([level, message, facts]),
  );
  await failing.denied('unknown', { reason: 'malformed', address: '::1' });
  expect(logged).toEqual([['error', 'api:refusal_not_recorded', { times: 1, error: 'Error: the database is away' }]]);
  await failing.close();
});
