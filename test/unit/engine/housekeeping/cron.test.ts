import { describe, expect, test } from '@jest/globals';
import { cronProblem, nextAfter } from '../../../../src/engine/housekeeping/cron.js';
import { isTimeZone } from '../../../../src/engine/model/wall-clock.js';

const next = (cron: string, zone: string, after: string) => nextAfter(cron, zone, new Date(after)).toISOString();

describe('when a job is due next', () => {
  test('is a time of day in the zone, also over the change to summer time', () => {
    expect(next('0 4 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z')).toBe('2026-03-29T02:00:00.000Z');
    expect(next('0 4 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z')).toBe('2026-03-28T03:00:00.000Z');
  });

  test('is right after the gap, where summer time leaves it out', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:30:00.000Z');
  });

  test('is once, where it comes twice in autumn', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z');
  });

  test('is a Sunday for a weekly one, and never the very moment that is given', () => {
    expect(next('0 1 * * 0', 'UTC', '2026-11-22T01:00:00Z')).toBe('2026-11-29T01:00:00.000Z');
  });
});

describe('what cannot be a time', () => {
  test('is said', () => {
    expect(cronProblem('0 4 * * *')).toBeUndefined();
    expect(cronProblem('4 o clock')).toContain('five fields');
    expect(cronProblem('0 25 * * *')).toContain('0-23');
    expect([isTimeZone('Europe/Berlin'), isTimeZone('UTC'), isTimeZone('Mars/Base')]).toEqual([true, true, false]);
  });
});
