import { expect, test } from '@jest/globals';
import { retryAfterMs } from '../../../src/pager/ask.js';

const now = Date.parse('2026-11-22T03:00:00Z');

test.each([
  ['30', 30_000],
  ['0', 0],
  ['Sun, 22 Nov 2026 03:00:10 GMT', 10_000],
  ['Sun, 22 Nov 2026 02:00:00 GMT', 0],
  ['86400', 15 * 60_000],
  ['soon', undefined],
  [null, undefined],
])('Retry-After %s is %s ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});
