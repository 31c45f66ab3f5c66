import { describe, expect, test } from '@jest/globals';
import { chooseFromList, chooseReplicas, isSize, type Size, words } from '../../../../src/engine/runtimes/size.js';

const MB = 1_024 ** 2;
const LIST = [
  { cpus: 0.5, memoryBytes: 256 * MB },
  { cpus: 1, memoryBytes: 512 * MB },
  { cpus: 2, memoryBytes: 1_024 * MB },
];
const S: Size = { cpus: 0.5, memory: 256 * MB };
const M: Size = { cpus: 1, memory: 512 * MB };
const L: Size = { cpus: 2, memory: 1_024 * MB };
const choose = (now: Size, by: number): Size => chooseFromList('web', LIST, now, { by });

describe('the next size of a list', () => {
  test.each<[string, Size, number, Size]>([
    ['up', S, 1, M],
    ['two up', S, 2, L],
    ['down', L, -1, M],
    ['two down', L, -2, S],
    ['up from between two', { cpus: 0.7, memory: 300 * MB }, 1, M],
    ['down from between two', { cpus: 0.7, memory: 300 * MB }, -1, S],
    ['down from all that the machine has', { cpus: 16, memory: 65_536 * MB }, -1, L],
    ['up from less memory with the same CPUs', { cpus: 1, memory: 256 * MB }, 1, M],
  ])('%s', (_what, now, by, chosen) => {
    expect(choose(now, by)).toEqual(chosen);
  });

  test('ends with what there is and what to do', () => {
    expect(() => choose(L, 1)).toThrow(
      'web has 2 CPUs, 1024 MB, and none of its sizes is bigger. Its sizes are 1: 0.5 CPUs, 256 MB; 2: 1 CPU, 512 MB; 3: 2 CPUs, 1024 MB. Add a bigger one to `sizes`, or name one with "to". Nothing was changed.',
    );
    expect(() => choose(S, -1)).toThrow(/none of its sizes is smaller/);
    expect(() => choose(M, 2)).toThrow(/only 1 of its sizes is bigger/);
    expect(() => chooseFromList('web', [], S, { by: 1 })).toThrow(/web has no `sizes` in the configuration/);
  });

  test('may be named by its place, or be one that is not in the list', () => {
    expect(chooseFromList('web', LIST, S, { to: 3 })).toEqual(L);
    expect(() => chooseFromList('web', LIST, S, { to: 4 })).toThrow('web has 3 sizes, and none at place 4.');
    expect(chooseFromList('web', LIST, S, { to: { cpus: 4 } })).toEqual({ cpus: 4 });
  });
});

describe('replicas', () => {
  test.each([
    [{ by: 1 }, 3],
    [{ by: -1 }, 1],
    [{ to: 5 }, 5],
    [{ to: { replicas: 4 } }, 4],
  ])('%j', (wish, replicas) => {
    expect(chooseReplicas('web', { replicas: 2 }, wish)).toEqual({ replicas });
  });

  test('are never none', () => {
    expect(() => chooseReplicas('web', { replicas: 1 }, { by: -1 })).toThrow(
      'web has 1 replica, and would have 0. At least 1 must stay: stop_service stops all of it. Nothing was changed.',
    );
    expect(() => chooseReplicas('web', { replicas: 1 }, { to: { cpus: 1 } })).toThrow(
      /scaled by replicas, not by CPUs/,
    );
  });
});

test('only what is wanted counts', () => {
  expect(isSize(M, { cpus: 1 })).toBe(true);
  expect(isSize(M, { cpus: 1, memory: 1 })).toBe(false);
  expect(isSize({ cpus: 1 }, M)).toBe(false);
});

test('a size in words', () => {
  expect(words(S)).toBe('0.5 CPUs, 256 MB');
  expect(words({ replicas: 1 })).toBe('1 replica');
});
