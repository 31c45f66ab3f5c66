import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RateLimited, type Urgency } from '../../../../../src/bot/port.js';
import { createPace } from '../../../../../src/bot/slack/outbound/pace.js';

/** A clock that stands still unless it is moved; then nothing is worth waiting for. */
function still() {
  const clock = { now: 0 };
  const pace = createPace(60_000, () => clock.now);
  const edit = (urgency: Urgency, channel = 'C1') =>
    pace.turn('edit', channel, urgency).then(
      () => 0,
      (error: unknown) => (error instanceof RateLimited ? error.retryAfterMs : Number.NaN),
    );
  return { clock, pace, edit };
}

describe('the pace', () => {
  test('lets at most 50 edits into any minute of the workspace, whatever is asked', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 100, maxLength: 400 }), async (gaps) => {
        const { clock, edit } = still();
        const made: number[] = [];
        for (const [index, gap] of gaps.entries()) {
          clock.now += gap;
          if ((await edit(2, `C${index % 7}`)) === 0) made.push(clock.now);
        }
        for (const [index, at] of made.entries()) {
          const within = made.slice(index).filter((other) => other - at < 60_000).length;
          expect(within).toBeLessThanOrEqual(50);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('keeps room for people when progress has used its own', async () => {
    const { edit } = still();
    const progress = await Promise.all(Array.from({ length: 8 }, () => edit(2)));
    expect(progress.filter((waitMs) => waitMs === 0)).toHaveLength(5);
    expect(await Promise.all([edit(0), edit(1)])).toEqual([0, 0]);
  });

  test('a pause holds for its act and channel alone, and ends', async () => {
    const { clock, pace, edit } = still();
    pace.pause('edit', 'C1', 5_000);
    expect(await edit(0)).toBe(5_000);
    expect(await edit(0, 'C2')).toBe(0);
    await pace.turn('post', 'C1', 0);
    clock.now = 5_001;
    expect(await edit(0)).toBe(0);
  });

  test('a post waits for its second in place, and nobody waits any more after the end', async () => {
    const pace = createPace(600);
    const began = performance.now();
    for (let n = 0; n < 6; n++) await pace.turn('post', 'C1', 0);
    expect(performance.now() - began).toBeGreaterThanOrEqual(25);
    const last = Promise.all(Array.from({ length: 5 }, () => pace.turn('post', 'C1', 0)));
    pace.stop();
    await expect(last).rejects.toBeInstanceOf(RateLimited);
  });
});
