import { expect, test } from '@jest/globals';
import { holds } from '../../../../src/engine/planner/expressions.js';

test('a regular expression that never ends on what somebody sent is cut off', async () => {
  const facts = { params: { word: `${'a'.repeat(40)}!` } };
  await expect(holds('params.word.matches("(a+)+$")', facts, 'steps[0].when')).rejects.toThrow(/timed out/);
});

test('the next condition is judged as if nothing had been', async () => {
  expect(await holds('risk < 0.3', { risk: 0.1 }, 'when')).toBe(true);
});
