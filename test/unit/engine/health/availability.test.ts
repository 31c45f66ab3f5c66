import { describe, expect, test } from '@jest/globals';
import { availabilityOf, WINDOW_MS } from '../../../../src/engine/health/availability.js';

const HOUR = 3_600_000;
const now = new Date('2026-11-22T12:00:00Z');
const ago = (ms: number) => now.getTime() - ms;

describe('availability', () => {
  test('is the part of the known time in which it was well; maintenance and what nobody saw are left out', () => {
    const spent = { healthyMs: 9 * HOUR, unhealthyMs: HOUR, maintenanceMs: 4 * HOUR, sinceMs: ago(20 * HOUR) };
    expect(availabilityOf(spent, undefined, now)).toEqual({
      percent: 90,
      downMs: HOUR,
      maintenanceMs: 4 * HOUR,
      unknownMs: 6 * HOUR,
    });
  });

  test('has a budget: 99.9 per cent of 30 days are 43.2 minutes', () => {
    const spent = { healthyMs: 100 * HOUR, unhealthyMs: 10.8 * 60_000, maintenanceMs: 0, sinceMs: ago(200 * HOUR) };
    const { budget } = availabilityOf(spent, 99.9, now);
    expect(budget?.allowedMs).toBeCloseTo(43.2 * 60_000, 3);
    expect(budget?.left).toBeCloseTo(0.75, 6);
  });

  test('can be overdrawn, and a promise of 100 per cent is by the first second', () => {
    const spent = { healthyMs: HOUR, unhealthyMs: HOUR, maintenanceMs: 0, sinceMs: ago(2 * HOUR) };
    expect(availabilityOf(spent, 99.99, now).budget?.left).toBeLessThan(-10);
    expect(availabilityOf(spent, 100, now).budget?.left).toBe(-1);
    expect(availabilityOf({ ...spent, unhealthyMs: 0 }, 100, now).budget?.left).toBe(1);
  });

  test('says nothing of a service that nobody has seen', () => {
    expect(availabilityOf(undefined, 99.9, now)).toMatchObject({ downMs: 0, unknownMs: 0 });
    expect(availabilityOf(undefined, 99.9, now).percent).toBeUndefined();
    const unseen = { healthyMs: 0, unhealthyMs: 0, maintenanceMs: 0, sinceMs: ago(2 * WINDOW_MS) };
    expect(availabilityOf(unseen, undefined, now)).toMatchObject({ unknownMs: WINDOW_MS });
  });
});
