import { expect, test } from '@jest/globals';
import { nearest } from '../../../../src/engine/planner/nearest.js';

const NAMES = ['redis', 'shop-web', 'shop-worker', 'pg', 'api'];

test.each<[string, string | undefined]>([
  ['rediss', 'redis'],
  ['redsi', 'redis'],
  ['REDIS', 'redis'],
  ['shop', 'shop-web'],
  ['pq', 'pg'],
  ['aip', 'api'],
  ['gp', 'pg'],
  ['billing', undefined],
  ['x', undefined],
  ['', undefined],
])('%p means %p', (text, meant) => expect(nearest(text, NAMES)).toBe(meant));

test('of two that are as near the first by name is meant, so that the answer is always the same', () => {
  expect(nearest('web-c', ['web-b', 'web-a'])).toBe('web-a');
});
