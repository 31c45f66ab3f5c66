import { describe, expect, test } from '@jest/globals';
import { firstDifference } from '../../../../../src/engine/actions/postgres-data/count-tables.js';

const backup = { 'public.orders': 1_000, 'public.customers': 2 };

describe('a restored database', () => {
  test('with the rows of its backup differs in nothing', () => {
    expect(firstDifference(backup, { ...backup })).toBeUndefined();
  });

  test('with fewer rows, or without a table, is told apart by name and numbers', () => {
    expect(firstDifference(backup, { ...backup, 'public.orders': 990 })).toBe(
      'public.orders has 990 rows instead of 1000',
    );
    expect(firstDifference(backup, { 'public.orders': 1_000 })).toBe('public.customers has no rows instead of 2');
  });
});
