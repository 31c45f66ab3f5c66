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

test('what cannot be read, such as a note of an older version, confirms nothing and harms nothing', async () => {
  let now = 1_000_000;
  const memory = createTestMemory();
  const confirmations = createConfirmations(memory, TIMINGS, () => now);
  await memory.remember('confirm:101:-5:7', `${now - 2_000} 1 ${PRESS.data}`);
  expect(await confirmations.confirms(PRESS, '2')).toBe(false);
  now += 2_000;
  expect(await confirmations.confirms(PRESS, '3')).toBe(true);
  expect(await confirmations.confirms(PRESS, '4')).toBe(false);
});

describe('a second press', () => {
  test('confirms the first one', async () => expect(await later(2_000)).toBe(true));

  test.each<[string, number, Partial<typeof PRESS>, string]>([
    ['it is the same one, delivered again', 2_000, {}, '1'],
    ['it is a double tap', 300, {}, '2'],
    ['it comes too late', TIMINGS.confirmWithin + 1, {}, '2'],
    ['it is of somebody else', 2_000, { user: 102 }, '2'],
    ['it is of another message', 2_000, { message: 8 }, '2'],
    ['it is of another button', 2_000, { data: `1#${'b'.repeat(22)}` }, '2'],
    ['it is of another button whose data begins alike', 2_000, { data: `${PRESS.data} more` }, '2'],
  ])('confirms nothing when %s', async (_, ms, over, id) => expect(await later(ms, over, id)).toBe(false));
});
