import { expect, test } from '@jest/globals';
import { flaps } from '../../../../src/engine/health/flapping.js';

const MIN = 60_000;
const at = (minute: number) => new Date(minute * MIN);
const rule = { times: 3, withinMs: 10 * MIN };

test('the third fall within ten minutes begins it, two do not, nor do three that are far apart', () => {
  expect(flaps({ falls: [at(0), at(4), at(8)], since: at(8), was: false }, rule, at(8))).toBe(true);
  expect(flaps({ falls: [at(4), at(8)], since: at(8), was: false }, rule, at(8))).toBe(false);
  expect(flaps({ falls: [at(0), at(4), at(11)], since: at(11), was: false }, rule, at(11))).toBe(false);
});

test('it goes on while the service turns, and ends when it has been steady for five minutes, well or ill', () => {
  const falls = [at(0), at(4), at(8)];
  expect(flaps({ falls, since: at(9), was: true }, rule, at(13))).toBe(true);
  expect(flaps({ falls, since: at(9), was: true }, rule, at(14))).toBe(false);
  expect(flaps({ falls, since: at(8), was: true }, rule, at(13))).toBe(false);
});
