import { expect, test } from '@jest/globals';
import { readPrefer } from '../../../src/api/prefer.js';

test.each([
  [undefined, { respondAsync: false }],
  ['respond-async', { respondAsync: true }],
  ['Respond-Async, wait=10', { respondAsync: true, waitMs: 10_000 }],
  ['wait="5"; foo=bar, wait=99', { respondAsync: false, waitMs: 5_000 }],
  ['return=minimal, handling=lenient', { respondAsync: false }],
  ['wait=soon', { respondAsync: false }],
  ['wait=99999999999', { respondAsync: false }],
  [',,;=,respond-async', { respondAsync: true }],
  ['x'.repeat(100_000), { respondAsync: false }],
])('Prefer: %.40s', (header, prefers) => {
  expect(readPrefer(header)).toEqual(prefers);
});
