import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findCycle } from '../../../src/config/cycle.js';

describe('a dependency cycle', () => {
  test('is named along its way, without what only leads to it', () => {
    const dependencies = new Map([
      ['web', ['api']],
      ['api', ['db', 'cache']],
      ['cache', ['api']],
      ['db', []],
    ]);
    expect(findCycle(dependencies)).toEqual(['api', 'cache', 'api']);
  });

  test('of one service is its own name twice', () => {
    expect(findCycle(new Map([['a', ['a']]]))).toEqual(['a', 'a']);
  });

  test('does not exist where everyone depends on earlier ones only', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(20), { maxLength: 5 }), { maxLength: 20 }), (rows) => {
        const graph = rows.map(
          (row, index) => [`s${index}`, row.filter((n) => n < index).map((n) => `s${n}`)] as const,
        );
        expect(findCycle(new Map(graph))).toBeUndefined();
      }),
    );
  });

  test('is found wherever one edge closes a chain', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(29), (length, back) => {
        const names = Array.from({ length }, (_, index) => `s${index}`);
        const graph = names.map((name, index) => [name, [names[index + 1] ?? names[back % length] ?? name]] as const);
        const cycle = findCycle(new Map(graph));
        expect(cycle?.at(0)).toBe(cycle?.at(-1));
        expect(cycle).toHaveLength(length - (back % length) + 1);
      }),
    );
  });
});
