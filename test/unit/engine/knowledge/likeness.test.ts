import { describe, expect, test } from '@jest/globals';
import { likeness, weightsOf } from '../../../../src/engine/knowledge/likeness.js';

const even = () => 1;

describe('two incidents', () => {
  test('of the same words are the same', () => expect(likeness(['a', 'b'], ['b', 'a'], even)).toBe(1));

  test('without a common word are not alike', () => expect(likeness(['a'], ['b'], even)).toBe(0));

  test('are not alike when nothing is known of one', () => {
    expect(likeness([], ['a'], even)).toBe(0);
    expect(likeness(['a'], [], even)).toBe(0);
  });

  test('are less alike for what only one of them has', () => {
    const more = likeness(['a', 'b', 'c', 'd'], ['a', 'b', 'x'], even);
    expect(likeness(['a', 'b', 'c', 'd'], ['a', 'x', 'y'], even)).toBeLessThan(more);
  });
});

test('a rare word tells more than a common one, and the name of an alert more than a word', () => {
  const term = (lexeme: string, entries: number) => ({ lexeme, plan: 'runbook:a', written: 0, entries, recent: [] });
  const weight = weightsOf([term('rare', 1), term('common', 900), term('=HostDown', 1)], 1_000);
  expect(weight('rare')).toBeGreaterThan(weight('common'));
  expect(weight('=HostDown')).toBeGreaterThan(weight('rare'));
});
