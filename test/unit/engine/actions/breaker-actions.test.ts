import { describe, expect, test } from '@jest/globals';
import { breakerOpen } from '../../../../src/engine/actions/breaker-open.js';
import { breakerReset } from '../../../../src/engine/actions/breaker-reset.js';
import { type Breaker, CLOSED } from '../../../../src/engine/breakers/breaker.js';
import { openedByHand, reset } from '../../../../src/engine/breakers/by-hand.js';
import { viewOfBreaker } from '../../../../src/engine/breakers/view.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { contextWith } from './context.js';

const NOW = new Date('2026-11-22T04:26:00Z');
const now = NOW.getTime();

/** One breaker, and the step `R-1/0` that works on it. */
function scene(breaker: Breaker = CLOSED) {
  let held = breaker;
  const view = () => viewOfBreaker('redis', { enabled: true }, { breaker: held, recovered: false }, now);
  const ctx = contextWith({
    now: () => NOW,
    breakers: {
      look: async () => ({ breaker: held, view: view() }),
      async open(_service, how) {
        held = openedByHand(held, how, now);
        return view();
      },
      async reset() {
        held = reset(held, now);
        return view();
      },
    },
  });
  return { ctx, now: () => held };
}

const opened = (by: string, forMs?: number) => openedByHand(CLOSED, { by, reason: 'too hot', forMs }, now);

describe('breaker_open', () => {
  const input: JsonObject = { service: 'redis', for: '2m' };

  test('opens it for its time, in the name of the step, and its undo closes it', async () => {
    const { ctx, now: held } = scene();
    const before = (await breakerOpen.look?.(input, ctx)) ?? {};
    expect(before).toEqual({ state: 'closed' });
    expect(await breakerOpen.run(input, ctx, before)).toEqual({
      summary: 'open; one call is let through in 2 min',
      state: 'open',
    });
    expect(held()).toMatchObject({
      state: 'open',
      by: 'R-1/0',
      reason: 'by a step of a recovery',
      trialAt: now + 120_000,
    });
    expect(await breakerOpen.probe?.(input, before, ctx)).toMatchObject({ outcome: 'done' });
    expect(breakerOpen.inverse?.(input, before)).toEqual({ action: 'breaker_reset', input: { service: 'redis' } });
  });

  test('of one that calls had opened leaves it so when it is undone', async () => {
    const { ctx } = scene(opened('reviver', 60_000));
    const before = (await breakerOpen.look?.(input, ctx)) ?? {};
    expect(breakerOpen.inverse?.(input, before)).toBeUndefined();
  });

  test('that is open by somebody else was not done', async () => {
    const { ctx } = scene(opened('Ann'));
    expect(await breakerOpen.probe?.(input, { state: 'closed' }, ctx)).toMatchObject({
      outcome: 'not_done',
      evidence: 'it is open, and was not opened by R-1/0',
    });
  });

  test('says before what it would touch', async () => {
    const { ctx } = scene();
    expect(await breakerOpen.preview?.({ service: 'redis' }, ctx)).toBe(
      'callers of redis would be refused until it is reset; now its breaker is closed, with 0 calls counted in the last minute',
    );
  });
});

describe('breaker_reset', () => {
  const input = { service: 'redis' };

  test('closes it, and its undo opens it for the time that was left', async () => {
    const { ctx, now: held } = scene(opened('Ann', 90_000));
    const before = (await breakerReset.look?.(input, ctx)) ?? {};
    expect(await breakerReset.probe?.(input, before, ctx)).toMatchObject({ outcome: 'not_done' });
    expect(await breakerReset.run(input, ctx, before)).toEqual({ summary: 'closed', state: 'closed' });
    expect(held()).toMatchObject({ state: 'closed' });
    expect(await breakerReset.probe?.(input, before, ctx)).toMatchObject({
      outcome: 'done',
      evidence: 'it is closed, before it was open',
    });
    expect(breakerReset.inverse?.(input, before)).toEqual({
      action: 'breaker_open',
      input: { service: 'redis', for: '90000ms', reason: 'too hot' },
    });
  });

  test('of one without a limit is undone without a limit; of a closed one there is nothing to undo', async () => {
    const { ctx } = scene(opened('Ann'));
    const before = (await breakerReset.look?.(input, ctx)) ?? {};
    expect(breakerReset.inverse?.(input, before)).toEqual({
      action: 'breaker_open',
      input: { service: 'redis', reason: 'too hot' },
    });
    expect(breakerReset.inverse?.(input, { state: 'closed' })).toBeUndefined();
  });
});
