import { expect, test } from '@jest/globals';
import { TIMINGS } from '../../../../src/bot/telegram/timings.js';

test('the waits of Telegram are those that its limits, and people, ask for', () => {
  // About 20 edits a minute in a group.
  expect(TIMINGS.editEvery).toBeGreaterThanOrEqual(3_000);
  // By default the library waits for 500 s.
  expect(TIMINGS.callSeconds).toBeLessThanOrEqual(20);
  // A click that is answered after some 5 s may be refused; nobody looks at a spinner for so long anyway.
  expect(TIMINGS.answerWithin).toBeLessThan(3_000);
  expect(TIMINGS.deafAfter).toBeLessThanOrEqual(90_000);
  expect(TIMINGS.pollSeconds * 1_000).toBeLessThan(TIMINGS.deafAfter);
  expect(TIMINGS.afterConflict).toEqual([5_000, 10_000, 15_000, 30_000]);
});
