import { expect, test } from '@jest/globals';
import { count, failureInWords } from '../../../../src/engine/health/words.js';

test.each([
  [Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }), 'connection refused'],
  [
    Object.assign(new AggregateError([Object.assign(new Error(), { code: 'ECONNREFUSED' })]), { code: 'X' }),
    'connection refused',
  ],
  [new Error('NOAUTH Authentication required.'), 'NOAUTH Authentication required.'],
  [Object.assign(new Error(''), { code: 'EWEIRD' }), 'EWEIRD'],
  ['text', 'failed'],
])('%s is told as %s', (error, words) => {
  expect(failureInWords(error)).toBe(words);
});

test.each([
  [0, '0 keys'],
  [1, '1 key'],
  [1204, '1,204 keys'],
])('%i keys read %s', (n, words) => {
  expect(count(n, 'key')).toBe(words);
});
