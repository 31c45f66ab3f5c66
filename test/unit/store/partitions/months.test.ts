import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  expired,
  missingAhead,
  monthStart,
  partitionName,
  type Range,
  uncovered,
} from '../../../../src/store/partitions/months.js';

const at = (text: string) => Date.parse(text);
const month = (text: string): Range => ({
  fromMs: at(`${text}-01T00:00Z`),
  toMs: monthStart(at(`${text}-01T00:00Z`), 1),
});

describe('months', () => {
  test('begin in UTC, also over the end of a year', () => {
    expect(monthStart(at('2026-11-22T23:59:59Z'), 2)).toBe(at('2027-01-01T00:00Z'));
    expect(monthStart(at('2026-01-31T12:00Z'), -1)).toBe(at('2025-12-01T00:00Z'));
  });

  test('to come are missing until they are there', () => {
    const now = at('2026-11-22T12:00Z');
    expect(missingAhead([], now, 3)).toEqual(['2026-11', '2026-12', '2027-01', '2027-02'].map(month));
    expect(missingAhead([month('2026-11'), month('2027-01')], now, 2)).toEqual([month('2026-12')]);
  });

  test('are made beside partitions whose bounds are of another time zone', () => {
    const berlin = { fromMs: at('2026-10-31T23:00Z'), toMs: at('2026-11-30T23:00Z') };
    expect(uncovered(month('2026-11').fromMs, [berlin])).toEqual([
      { fromMs: berlin.toMs, toMs: month('2026-11').toMs },
    ]);
    expect(uncovered(month('2026-10').fromMs, [berlin])).toEqual([
      { fromMs: month('2026-10').fromMs, toMs: berlin.fromMs },
    ]);
  });

  test('are covered exactly once, whatever was there before', () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 5 }), (found) => {
        const day = 86_400_000;
        const start = at('2026-11-01T00:00Z');
        const existing = found.map(([from, days]) => ({
          fromMs: start + from * day,
          toMs: start + (from + days) * day,
        }));
        const all = [...existing, ...missingAhead(existing, start, 3)];
        for (let noon = start + day / 2; noon < monthStart(start, 4); noon += day) {
          const holders = all.filter(({ fromMs, toMs }) => fromMs <= noon && noon < toMs).length;
          const before = existing.filter(({ fromMs, toMs }) => fromMs <= noon && noon < toMs).length;
          expect(holders).toBe(Math.max(1, before));
        }
      }),
    );
  });

  test('are dropped when their youngest row is older than the retention, the oldest first', () => {
    const partitions = ['2025-12', '2025-10', '2025-11', '2026-11', '2027-02'].map((name) => ({
      name,
      ...month(name),
    }));
    const names = (nowText: string, kept: number) => expired(partitions, at(nowText), kept).map(({ name }) => name);
    expect(names('2026-11-30T23:59Z', 12)).toEqual(['2025-10']);
    expect(names('2026-12-01T00:00Z', 12)).toEqual(['2025-10', '2025-11']);
    expect(names('2026-11-22T00:00Z', 0)).toEqual(['2025-10', '2025-11', '2025-12']);
  });

  test('give partitions their names, and no name twice', () => {
    expect(partitionName('events', month('2027-03'), new Set())).toBe('events_2027_03');
    expect(partitionName('events', month('2027-03'), new Set(['events_2027_03', 'events_2027_03_2']))).toBe(
      'events_2027_03_3',
    );
  });
});
