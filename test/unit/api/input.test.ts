import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { checked, suggestion } from '../../../src/api/input.js';
import { UserError } from '../../../src/engine/model/errors.js';

const schema = z.strictObject({ name: z.string().describe('a word'), count: z.int().optional() });

function refusal(raw: unknown): UserError {
  try {
    checked(schema, raw);
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error('was accepted');
}

describe('checking input', () => {
  test('gives what the schema makes of it', () => {
    expect(checked(schema, { name: 'x' })).toEqual({ name: 'x' });
  });

  test('says that a needed field is missing', () => {
    expect(refusal({}).message).toBe('name: missing is not allowed; expected a word.');
  });

  test('falls back to the words of the schema where a field has no description', () => {
    expect(refusal({ name: 'x', count: 'y' }).facts.allowed).toContain('expected number');
  });

  test('cuts what is very long', () => {
    expect(refusal({ name: 'x', ['k'.repeat(10_000)]: 1 }).message.length).toBeLessThan(300);
    expect(refusal({ name: ['v'.repeat(10_000)] }).message.length).toBeLessThan(300);
  });

  test('names at most ten fields', () => {
    const errors = refusal(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, n]))).facts.errors;
    expect(errors).toHaveLength(10);
  });
});

describe('suggestions', () => {
  test.each([
    ['stratgy', 'strategy'],
    ['Reason', 'reason'],
    ['quux', undefined],
    ['x'.repeat(5_000), undefined],
  ])('%.20s is near to %s', (given, expected) => {
    expect(suggestion(given, ['strategy', 'reason'])).toBe(expected);
  });

  test('come from nothing when there are no names', () => {
    expect(suggestion('x', [])).toBeUndefined();
  });
});
