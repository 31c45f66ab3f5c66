import { describe, expect, test } from '@jest/globals';
import { isAs, limitsInWords, resolved } from '../../../../src/engine/actions/docker/limits.js';
import { rubbishAmong, type Thing } from '../../../../src/engine/actions/docker/rubbish.js';
import { sizeInWords } from '../../../../src/engine/actions/docker/size.js';
import { updateOf } from '../../../../src/engine/runtimes/docker/limits.js';

const host = { cpus: 4, memoryBytes: 8e9 };
const none = { cpus: 0, memoryBytes: 0, memorySwapBytes: 0, quotaPeriodUs: 0 };

describe('new limits of a container', () => {
  test.each([
    [{ cpus: 0.5 }, none, { NanoCpus: 5e8 }],
    [{ cpus: 'max' as const }, none, { NanoCpus: 4e9 }],
    [{ cpus: 2 }, { ...none, cpus: 1, quotaPeriodUs: 50_000 }, { CpuQuota: 100_000, CpuPeriod: 50_000 }],
    [{ memory: '64m' }, none, { Memory: 67_108_864, MemorySwap: 134_217_728 }],
    [{ memory: 2e9 }, { ...none, memoryBytes: 1e9, memorySwapBytes: 1.5e9 }, { Memory: 2e9, MemorySwap: 2.5e9 }],
    [{ memory: 2e9 }, { ...none, memoryBytes: 1e9, memorySwapBytes: 1e9 }, { Memory: 2e9, MemorySwap: 2e9 }],
    [{ memory: 2e9 }, { ...none, memoryBytes: 1e9, memorySwapBytes: -1 }, { Memory: 2e9, MemorySwap: -1 }],
    [{ memory: 2e9 }, { ...none, memoryBytes: 1e9 }, { Memory: 2e9, MemorySwap: 4e9 }],
    [{ memory: 'max' }, { ...none, memoryBytes: 1e9, memorySwapBytes: 1e9 }, { Memory: 8e9, MemorySwap: 16e9 }],
  ])('%j of one that has %j ask for %j', (wanted, now, update) => {
    expect(updateOf(now, resolved(wanted, host))).toEqual(update);
  });

  test('are there when what was wanted is there, whatever else is', () => {
    const now = { ...none, cpus: 0.5, memoryBytes: 1e9 };
    expect(isAs(now, { cpus: 0.5 }, host)).toBe(true);
    expect(isAs(now, { cpus: 0.5, memory: 1e9 }, host)).toBe(true);
    expect(isAs(now, { memory: 'max' }, host)).toBe(false);
    expect(isAs({ ...now, cpus: 0.25 }, { cpus: 0.5 }, host)).toBe(false);
  });

  test('are told with their units', () => {
    expect(limitsInWords({ cpus: 0.5, memoryBytes: 256e6 })).toBe('0.5 CPUs, 256.0 MB of memory');
    expect(limitsInWords({ cpus: 0, memoryBytes: 0 })).toBe('no limit of CPUs, no limit of memory');
    expect([0, 999, 1_000, 1_500_000, 2.5e12].map(sizeInWords)).toEqual(['0 B', '999 B', '1.0 kB', '1.5 MB', '2.5 TB']);
  });
});

describe('what is rubbish', () => {
  const thing = (id: string, names: string[], sinceMs: number): Thing => ({ id, names, sinceMs, bytes: 1 });
  const old = thing('sha256:aaaaaaaaaaaa', ['shop/web:1', 'shop/web:old'], 100);
  const young = thing('sha256:bbbbbbbbbbbb', ['shop/web:2'], 900);
  const bare = thing('sha256:cccccccccccc', [], 100);
  const of = (keep: string[], needed: string[] = [], beforeMs = 500) =>
    rubbishAmong([old, young, bare], { beforeMs, keep, needed: new Set(needed) });

  test('is old, and neither kept nor needed', () => {
    expect(of([])).toEqual({ remove: [old, bare], kept: 1 });
    expect(of([], [old.id]).remove).toEqual([bare]);
    expect(of([], [], 50).remove).toEqual([]);
  });

  test.each([['shop/web:1'], ['shop/web:old'], ['shop/web'], ['aaaaaaaaaaaa'], ['aaaaaa'], ['sha256:aaaaaaaaaaaa']])(
    'is not what %s names',
    (keep) => {
      expect(of([keep]).remove).toEqual([bare]);
    },
  );

  test.each([['shop'], ['web'], ['aaaa'], ['shop/we']])('is not saved by %s, which names nothing', (keep) => {
    expect(of([keep]).remove).toEqual([old, bare]);
  });
});
