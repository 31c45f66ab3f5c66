import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRecoveryName, recoveryName } from '../../../../src/engine/model/recovery.js';

test('the name of a recovery reads back as its id', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 999_999_999 }), (id) => parseRecoveryName(recoveryName(id)) === id));
});

test.each([
  ['R-12', 12],
  ['r-12', 12],
  [' 12 ', 12],
])('%p is recovery %d', (text, id) => expect(parseRecoveryName(text)).toBe(id));

test.each(['', 'R-', 'R-12a', '-12', 'R--12', '1.5', 'redis', '9999999999'])('%p names no recovery', (text) => {
  expect(parseRecoveryName(text)).toBeUndefined();
});
