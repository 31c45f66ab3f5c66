import { describe, expect, test } from '@jest/globals';
import { createConfirmations } from '../../../../../src/bot/telegram/intake/confirmations.js';
import { TIMINGS } from '../../../../../src/bot/telegram/timings.js';
import { createTestMemory } from '../../../../platforms/telegram/memory.js';

const PRESS = { user: 101, chat: -5, message: 7, data: `1#${'a'.repeat(22)}` };

/** Pressed once at 0; what a press some time later does. */
async function later(ms: number, over: Partial<typeof PRESS> = {}, id = '2'): Promise<boolean> {
  let now = 1_000_000;
  const confirmations = createConfirmations(createTestMemory(), TIMINGS, () => now);
  expect(await confirmations.confirms(PRESS, '1')).toBe(false);
  now += ms;
  return await confirmations.confirms({ ...PRESS, ...over }, id);
}

describe('a second press', () => {
  test('confirms the first one', async () => expect(await later(2_000)).toBe(true));

  test.each<[string, Promise<boolean>]>([
    ['it is the same one, delivered again', later(2_000, {}, '1')],
    ['it is a double tap', later(300)],
    ['it comes too late', later(TIMINGS.confirmWithin + 1)],
    ['it is of somebody else', later(2_000, { user: 102 })],
    ['it is of another message', later(2_000, { message: 8 })],
    ['it is of another button', later(2_000, { data: `1#${'b'.repeat(22)}` })],
  ])('confirms nothing when %s', async (_, confirmed) => expect(await confirmed).toBe(false));
});
