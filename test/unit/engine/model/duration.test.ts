import { describe, expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from '../../../../src/engine/model/duration.js';
import { InvalidInput } from '../../../../src/engine/model/errors.js';

describe('a duration is read', () => {
  test.each<[string | number, number]>([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['1.5h', 5_400_000],
    ['3d', 259_200_000],
    [' 2 s ', 2_000],
    ['300.0', 300_000],
    [300, 300_000],
    [0, 0],
  ])('%p is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(['', 'soon', '-5s', '5 weeks', '1e3s', -1, Number.NaN, Number.POSITIVE_INFINITY])(
    '%p is refused',
    (text) => {
      expect(() => parseDuration(text, 'timeout')).toThrow(InvalidInput);
      expect(() => parseDuration(text, 'timeout')).toThrow(/^timeout: .*expected a duration such as 500ms/);
    },
  );
});

test.each([
  [0, '0.0 s'],
  [400, '0.4 s'],
  [11_800, '11.8 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min'],
  [180_000, '3 min'],
  [3_590_000, '1 h 00 min'],
  [7_500_000, '2 h 05 min'],
  [86_399_000, '1 d'],
  [4 * 86_400_000, '4 d'],
])('%d ms reads "%s"', (ms, text) => expect(formatDuration(ms)).toBe(text));
