import { expect, test } from '@jest/globals';
import { parseBytes } from '../../../../src/engine/model/bytes.js';

test.each([
  ['256m', 268_435_456],
  ['256MB', 268_435_456],
  ['256MiB', 268_435_456],
  ['1.5g', 1_610_612_736],
  ['64 k', 65_536],
  ['10b', 10],
  [1_024, 1_024],
  ['1024', 1_024],
])('%j is %d bytes', (given, bytes) => {
  expect(parseBytes(given)).toBe(bytes);
});

test.each(['much', '', 'm', '-1m', '1x', '1 2'])('%j is no size', (given) => {
  expect(parseBytes(given)).toBeUndefined();
});
