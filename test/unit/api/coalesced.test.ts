import { describe, expect, test } from '@jest/globals';
import { coalesced } from '../../../src/api/coalesced.js';
import { eventually } from '../../support/eventually.js';

describe('looks that are shared', () => {
  test('whoever asks during one gets the next, all of them the same', async () => {
    const ends: (() => void)[] = [];
    let looks = 0;
    const look = coalesced(
      () =>
        new Promise<number>((resolve) => {
          looks += 1;
          const which = looks;
          ends.push(() => resolve(which));
        }),
    );
    const first = look();
    const during = [look(), look(), look()];
    ends[0]?.();
    expect(await first).toBe(1);
    await eventually(async () => expect(ends).toHaveLength(2));
    ends[1]?.();
    expect(await Promise.all(during)).toEqual([2, 2, 2]);
    expect(looks).toBe(2);
  });

  test('those who come back at once with its answer share the next', async () => {
    let looks = 0;
    const look = coalesced(async () => {
      looks += 1;
      return looks;
    }, 20);
    const answers = await Promise.all([look(), look(), look()].map((asked) => asked.then(() => look())));
    expect(new Set(answers).size).toBeLessThanOrEqual(2);
    expect(looks).toBeLessThanOrEqual(3);
  });

  test('who asks after a pause waits for no gap', async () => {
    const look = coalesced(async () => performance.now(), 20);
    const first = await look();
    await eventually(async () => expect(performance.now() - first).toBeGreaterThan(20));
    const asked = performance.now();
    expect((await look()) - asked).toBeLessThan(20);
  });

  test('between looks that many ask for at once there is the gap', async () => {
    const began: number[] = [];
    const look = coalesced(async () => began.push(performance.now()), 30);
    await Promise.all([look(), look(), look()]);
    const [first = 0, second = 0] = began;
    expect(began).toHaveLength(2);
    // A timer may come early, by a millisecond and what is rounded.
    expect(second - first).toBeGreaterThanOrEqual(28);
  });

  test('nobody who asks in the gap gets a look that began before', async () => {
    let looks = 0;
    const look = coalesced(async () => {
      looks += 1;
      return looks;
    }, 20);
    const [first, second] = await Promise.all([look(), look().then((which) => ({ which, later: look() }))]);
    expect([first, second.which, await second.later]).toEqual([1, 2, 3]);
  });

  test('one that fails tells those who waited for it, and the next is a new one', async () => {
    let looks = 0;
    const look = coalesced(async () => {
      looks += 1;
      if (looks === 1) throw new Error('away');
      return looks;
    });
    const [first, second] = await Promise.allSettled([look(), look()]);
    expect([first?.status, second]).toEqual(['rejected', { status: 'fulfilled', value: 2 }]);
    expect(await look()).toBe(3);
  });
});
