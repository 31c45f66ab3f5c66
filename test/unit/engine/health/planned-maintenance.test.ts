import { describe, expect, test } from '@jest/globals';
import { type PlannedMaintenance, plannedNow } from '../../../../src/engine/health/planned-maintenance.js';

const sunday: PlannedMaintenance = {
  services: ['web'],
  reason: 'weekly',
  days: ['sun'],
  atMinute: 2 * 60,
  forMs: 2 * 3_600_000,
  timeZone: 'Europe/Berlin',
};
const at = (text: string) => plannedNow([sunday], new Date(text));

describe('a weekly maintenance', () => {
  test('follows the clocks of its time zone, in winter and in summer', () => {
    expect(at('2026-11-22T00:59:59Z')).toEqual([]);
    expect(at('2026-11-22T01:00:00Z')).toMatchObject([
      { service: 'web', since: new Date('2026-11-22T01:00:00Z'), until: new Date('2026-11-22T03:00:00Z') },
    ]);
    expect(at('2026-11-22T03:00:00Z')).toEqual([]);
    expect(at('2026-07-05T00:30:00Z')).toMatchObject([{ since: new Date('2026-07-05T00:00:00Z') }]);
  });

  test('is on its day alone', () => {
    expect(at('2026-11-23T01:30:00Z')).toEqual([]);
  });

  test('that goes on after midnight, or for days, is seen on the next ones', () => {
    const long: PlannedMaintenance = { ...sunday, atMinute: 23 * 60, forMs: 30 * 3_600_000, timeZone: 'UTC' };
    expect(plannedNow([long], new Date('2026-11-24T04:59:00Z'))).toHaveLength(1);
    expect(plannedNow([long], new Date('2026-11-24T05:00:00Z'))).toEqual([]);
  });

  test('begins on the right day where the zone is far from UTC', () => {
    const far: PlannedMaintenance = { ...sunday, atMinute: 0, timeZone: 'Pacific/Auckland' };
    expect(plannedNow([far], new Date('2026-11-21T11:30:00Z'))).toHaveLength(1);
    expect(plannedNow([far], new Date('2026-11-22T11:30:00Z'))).toEqual([]);
  });
});

test('of several the one that ends last counts', () => {
  const [from, until] = [new Date('2026-11-22T00:00:00Z'), new Date('2026-11-22T06:00:00Z')];
  const once: PlannedMaintenance = { services: ['web', 'db'], reason: 'move', from, until };
  const found = plannedNow([sunday, once], new Date('2026-11-22T01:30:00Z'));
  expect(found.map(({ service, reason, by }) => `${service} ${reason} ${by}`).sort()).toEqual([
    'db move configuration',
    'web move configuration',
  ]);
});
