import { describe, expect, test } from '@jest/globals';
import { instantsOf, wallOf } from '../../../../../src/engine/model/wall-clock.js';
import { type Freeze, type FreezeWindow, freezesAt } from '../../../../../src/engine/planner/freeze/freeze.js';
import { readMoment, readWeekly } from '../../../../../src/engine/planner/freeze/read-window.js';

const weekly = (text: string): FreezeWindow => {
  const read = readWeekly(text);
  if (!read) throw new Error(text);
  return { kind: 'week', ...read };
};
const once = (from: string, to: string): FreezeWindow => ({
  kind: 'once',
  from: readMoment(from) ?? Number.NaN,
  to: readMoment(to) ?? Number.NaN,
});
const freeze = (window: FreezeWindow, over: Partial<Freeze> = {}): Freeze => ({
  name: 'weekend',
  raise: 0.7,
  timeZone: 'Europe/Berlin',
  window,
  ...over,
});
const until = (window: FreezeWindow, at: string, over: Partial<Freeze> = {}) =>
  freezesAt([freeze(window, over)], 'redis', new Date(at))[0]?.until;

describe('a freeze of every week', () => {
  const weekend = weekly('fri 18:00 - mon 08:00');

  // 2026-11-27 is a Friday; Berlin is an hour ahead of UTC in winter.
  test.each([
    ['2026-11-27T16:59:59Z', undefined],
    ['2026-11-27T17:00:00Z', '2026-11-30 08:00 Europe/Berlin'],
    ['2026-11-29T23:30:00Z', '2026-11-30 08:00 Europe/Berlin'],
    ['2026-11-30T06:59:59Z', '2026-11-30 08:00 Europe/Berlin'],
    ['2026-11-30T07:00:00Z', undefined],
  ])('at %s holds until %s', (at, end) => expect(until(weekend, at)).toBe(end));

  test('keeps to the clocks when they are changed within it', () => {
    // Clocks go from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
    expect(until(weekend, '2026-03-30T05:59:00Z')).toBe('2026-03-30 08:00 Europe/Berlin');
    expect(until(weekend, '2026-03-30T06:00:00Z')).toBeUndefined();
    expect(until(weekend, '2026-10-26T06:59:00Z')).toBe('2026-10-26 08:00 Europe/Berlin');
    expect(until(weekend, '2026-10-26T07:00:00Z')).toBeUndefined();
  });

  test('that ends in an hour which clocks show twice holds to the end of the second', () => {
    const night = weekly('sat 22:00 - sun 02:30');
    expect(until(night, '2026-10-25T00:45:00Z')).toBeDefined();
    expect(until(night, '2026-10-25T01:29:59Z')).toBeDefined();
    expect(until(night, '2026-10-25T01:30:00Z')).toBeUndefined();
  });

  test('that begins at a time which clocks skip begins before they do', () => {
    const morning = weekly('sun 02:30 - sun 06:00');
    expect(until(morning, '2026-03-29T00:29:00Z')).toBeUndefined();
    expect(until(morning, '2026-03-29T01:00:00Z')).toBeDefined();
  });

  test('may go over the end of the week, or be almost all of it', () => {
    expect(until(weekly('sun 20:00 - tue 06:00'), '2026-11-30T12:00:00Z')).toBe('2026-12-01 06:00 Europe/Berlin');
    expect(until(weekly('mon 08:00 - mon 07:00'), '2026-11-30T05:00:00Z')).toBe('2026-11-30 07:00 Europe/Berlin');
    expect(until(weekly('mon 08:00 - mon 07:00'), '2026-11-30T06:30:00Z')).toBeUndefined();
    expect(until(weekly('saturday 00:00 to sunday 24:00'), '2026-11-29T22:59:00Z')).toBe(
      '2026-11-30 00:00 Europe/Berlin',
    );
  });
});

describe('a freeze from a day to a day', () => {
  const sale = once('2026-11-27 00:00', '2026-11-30 08:00');

  test.each([
    ['2026-11-26T22:59:00Z', undefined],
    ['2026-11-26T23:00:00Z', '2026-11-30 08:00 Europe/Berlin'],
    ['2026-11-30T07:00:00Z', undefined],
  ])('at %s holds until %s', (at, end) => expect(until(sale, at)).toBe(end));

  test('is of the services that it names', () => {
    const at = new Date('2026-11-28T12:00:00Z');
    const of = (service: string) => freezesAt([freeze(sale, { services: ['shop'] })], service, at).length;
    expect([of('shop'), of('redis')]).toEqual([1, 0]);
  });

  test('goes before one that raises less', () => {
    const all = [freeze(sale, { name: 'small', raise: 0.4 }), freeze(sale, { name: 'great', raise: 0.9 })];
    expect(freezesAt(all, 'redis', new Date('2026-11-28T12:00:00Z')).map(({ name }) => name)).toEqual([
      'great',
      'small',
    ]);
  });
});

test.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'])(
  'clocks of %s are read and set alike, hour by hour for a year',
  (zone) => {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 3_600_000) {
      const { earliest, latest } = instantsOf(wallOf(at, zone), zone);
      expect(at).toBeGreaterThanOrEqual(earliest);
      expect(at).toBeLessThanOrEqual(latest);
    }
  },
);

test.each([
  'fri 18:00',
  'fri 18:00 - fri 18:00',
  'fr 18:00 - mon 08:00',
  'fri 25:00 - mon 08:00',
  'freitag 18:00 - mon 08:00',
])('"%s" is no window of a week', (text) => expect(readWeekly(text)).toBeUndefined());

test.each(['2026-11-31 10:00', '2026-11-27', '2026-13-01 10:00', '2026-11-27 24:01', '27.11.2026 10:00'])(
  '"%s" is no moment',
  (text) => expect(readMoment(text)).toBeUndefined(),
);
