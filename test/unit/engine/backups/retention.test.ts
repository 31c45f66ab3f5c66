import { describe, expect, test } from '@jest/globals';
import type { BackupProof } from '../../../../src/engine/backups/proof.js';
import { toForget } from '../../../../src/engine/backups/retention.js';

const NOW = new Date('2026-11-22T05:00:00Z');
const DAY_MS = 86_400_000;

function record(daysAgo: number, outcome?: BackupProof['outcome']) {
  const createdAt = new Date(NOW.getTime() - daysAgo * DAY_MS);
  const proof = outcome && { outcome, detail: '', at: createdAt, durationMs: 1 };
  return { daysAgo, createdAt, ...(proof ? { proof } : {}) };
}
const gone = (records: ReturnType<typeof record>[], retention?: { full: number; daily: number }) =>
  toForget(records, NOW, retention).map(({ daysAgo }) => daysAgo);
const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => record(from + n));

describe('what is kept of backups', () => {
  test('of one a day are the last thirty days', () => {
    expect(gone(days(0, 40))).toEqual([30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
  });

  test('is at least the last seven, however old they are', () => {
    expect(gone(days(100, 110))).toEqual([107, 108, 109, 110]);
  });

  test('of several on a day beyond the last seven is the newest one', () => {
    const often = Array.from({ length: 12 }, (_, n) => record(n / 4));
    expect(gone(often, { full: 2, daily: 30 })).toEqual([0.5, 0.75, 1, 1.5, 1.75, 2, 2.5, 2.75]);
  });

  test('never lets one that could not be restored take the place of a good one', () => {
    const bad = Array.from({ length: 7 }, (_, n) => record(n, 'failed'));
    expect(gone([...bad, ...days(200, 206)])).toEqual([]);
    expect(gone([record(0), ...bad.slice(1)], { full: 1, daily: 0 })).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('is the newest that was proven, also when seven newer ones were not', () => {
    expect(gone([...days(40, 46), record(60, 'restored'), record(61, 'restored')])).toEqual([61]);
  });
});
