import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { afterCalls, afterTrial, openMs } from '../../../../src/engine/breakers/after-calls.js';
import { type Breaker, CLOSED, type Open } from '../../../../src/engine/breakers/breaker.js';
import type { Run } from '../../../../src/engine/breakers/calls.js';
import { breakerSettings } from '../../../support/builders.js';
import { Reference } from './reference.js';

const T0 = 1_764_000_000_000;
const settings = breakerSettings({ failureThreshold: 3, openMs: 60_000, maxOpenMs: 200_000 });
const fails = (count: number, at = T0, why = 'connection refused'): Run => ({ ok: false, count, at, why });
const goes = (count: number, at = T0): Run => ({ ok: true, count, at });

async function made(runs: Run[], breaker: Breaker = CLOSED): Promise<Breaker> {
  return afterCalls(breaker, runs, settings);
}

function asOpen(breaker: Breaker): Open {
  expect(breaker.state).toBe('open');
  if (breaker.state !== 'open') throw new Error('not open');
  return breaker;
}

describe('a closed breaker', () => {
  test('opens at the threshold of failures in a row, and says why', async () => {
    expect((await made([fails(2)])).state).toBe('closed');
    expect(await made([fails(3)])).toMatchObject({
      state: 'open',
      openings: 1,
      trialAt: T0 + 60_000,
      by: 'reviver',
      reason: '3 failures in a row, the last: connection refused',
    });
  });

  test('begins to count anew with each success', async () => {
    expect((await made([fails(2), goes(1), fails(2)])).state).toBe('closed');
  });

  test('opens at half of the calls of a minute, when they are twice the threshold', async () => {
    const mixed = [goes(3), fails(1), goes(1), fails(1)];
    expect((await made([...mixed.slice(0, 3), fails(1)])).state).toBe('closed');
    const open = asOpen(await made([goes(1), fails(2), goes(2), fails(1)]));
    expect(open.reason).toBe('3 of 6 calls failed within a minute, the last: connection refused');
  });

  test('forgets what is older than a minute', async () => {
    const old = [fails(2), goes(1), fails(2), goes(1)];
    expect((await made([...old, fails(1, T0 + 66_000)])).state).toBe('closed');
    expect((await made([...old, fails(1, T0 + 10_000)])).state).toBe('open');
  });

  test('counts together what came in parts', async () => {
    const half = await made([fails(2)]);
    expect((await made([fails(1)], half)).state).toBe('open');
  });
});

describe('an open breaker', () => {
  test('has no use for outcomes that come late', async () => {
    const open = await made([fails(3)]);
    expect(await made([goes(100)], open)).toBe(open);
  });

  test('stays open for twice as long after each trial that fails, up to the longest', async () => {
    expect([1, 2, 3, 4, 30].map((n) => openMs(n, settings))).toEqual([60_000, 120_000, 200_000, 200_000, 200_000]);
    const half = { ...asOpen(await made([fails(3)])), state: 'half_open' as const, trial: 'x', until: T0 + 99_000 };
    const again = await afterTrial(half, { ok: false, why: 'exit code 1' }, T0 + 61_000, settings);
    expect(again).toMatchObject({
      state: 'open',
      openings: 2,
      since: T0 + 61_000,
      trialAt: T0 + 181_000,
      reason: 'the call that was let through failed: exit code 1',
    });
  });

  test('closes with a fresh count when the trial succeeds', async () => {
    const half = { ...asOpen(await made([fails(3)])), state: 'half_open' as const, trial: 'x', until: T0 + 99_000 };
    const closed = await afterTrial(half, { ok: true }, T0 + 61_000, settings);
    expect(closed).toEqual({ state: 'closed', since: T0 + 61_000, calls: { inARow: 0, slots: [] } });
  });
});

const step = fc.record({
  ok: fc.boolean(),
  afterMs: fc.oneof(fc.nat(300), fc.constantFrom(2_500, 5_000), fc.nat(20_000), fc.constant(90_000)),
});
const anySettings = fc
  .record({ failureThreshold: fc.integer({ min: 1, max: 6 }), failureRateThreshold: fc.constantFrom(0.2, 0.5, 0.9, 1) })
  .map(breakerSettings);

test('it does what the plain description does, whatever happens in which portions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 80 }),
      anySettings,
      fc.integer({ min: 1, max: 7 }),
      async (steps, given, portion) => {
        const reference = new Reference(given);
        let breaker: Breaker = CLOSED;
        let kept: Run[] = [];
        let now = T0;
        const settle = async () => {
          breaker = await afterCalls(breaker, kept, given);
          kept = [];
        };
        for (const [index, { ok, afterMs }] of steps.entries()) {
          now += afterMs;
          if (breaker.state === 'open' && breaker.trialAt !== null && breaker.trialAt <= now) {
            const half = { ...breaker, state: 'half_open' as const, trial: String(index), until: now + 1 };
            breaker = await afterTrial(half, { ok }, now, given);
            reference.trial(ok, now);
          } else {
            kept.push({ ok, count: 1, at: now });
            reference.call(ok, now);
            // As in life: a failure is told at once, successes when it suits.
            if (!ok || index % portion === 0) await settle();
          }
          if (kept.length > 0) continue;
          expect(breaker.state).toBe(reference.state);
          if (breaker.state === 'open')
            expect([breaker.openings, breaker.trialAt]).toEqual([reference.openings, reference.trialAt]);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
