import { describe, expect, test } from '@jest/globals';
import { maintenanceSchema } from '../../../src/config/maintenance.js';
import { serviceSchema } from '../../../src/config/service-schema.js';

const WEEKLY = { services: ['web'], days: ['sun'], at: '02:30', for: '2h', time_zone: 'Europe/Berlin' };
const said = (given: object) => {
  const { error } = maintenanceSchema.safeParse(given);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
};

describe('a planned maintenance', () => {
  test('is weekly or once', () => {
    expect(maintenanceSchema.parse(WEEKLY)).toEqual({
      services: ['web'],
      reason: 'planned',
      days: ['sun'],
      atMinute: 150,
      forMs: 7_200_000,
      timeZone: 'Europe/Berlin',
    });
    const once = {
      services: ['web'],
      from: '2026-12-01T02:00:00Z',
      until: '2026-12-01T04:00:00+01:00',
      reason: 'disks',
    };
    expect(maintenanceSchema.parse(once)).toMatchObject({ until: new Date('2026-12-01T03:00:00Z') });
  });

  test.each([
    [{ ...WEEKLY, time_zone: 'Mars/Base' }, 'time_zone: a time zone such as UTC or Europe/Berlin'],
    [{ ...WEEKLY, at: '25:00' }, 'at: a time of day in quotes, such as "02:30"'],
    [{ ...WEEKLY, for: '10s' }, 'for: a time from 1m to 7d, such as 2h'],
    [{ services: ['web'], from: '2026-12-01', until: '2026-12-02' }, 'from: a moment with its time zone'],
    [
      { services: ['web'], from: '2026-12-02T00:00:00Z', until: '2026-12-01T00:00:00Z' },
      'either from and a later until',
    ],
    [{ services: ['web'] }, 'either from and a later until, once; or days, at and for'],
  ])('%j is told what is allowed', (given, what) => {
    expect(said(given)).toContain(what);
  });
});

test.each(['5s', '0', '1m'])('a check whose timeout is %s is an error that says the limit', (timeout) => {
  const service = { name: 'web', health: [{ type: 'http', url: 'http://a/', timeout }] };
  const { error } = serviceSchema.safeParse(service);
  expect(error?.issues.map(({ message }) => message)).toContain('a time from 1ms to less than 5s, such as 2s');
});
