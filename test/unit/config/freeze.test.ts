import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.js';

const parse = (more: string) =>
  parseConfig(
    `services: [{ name: shop, runtime: process, process: { command: [shop] } }]\n${more}`,
    'config/reviver.yaml',
  );
const refusal = (more: string): string => {
  try {
    parse(more);
  } catch (error) {
    return error instanceof Object && 'message' in error ? String(error.message) : String(error);
  }
  return 'not refused';
};
const freeze = (fields: string) => `freeze:\n  - { name: Black Friday, ${fields} }\n`;

test('a freeze is read with its window, its zone and what it raises the risk to', () => {
  const { raises } = parse(
    `freeze:
  - { name: Black Friday, from: 2026-11-27 00:00, to: 2026-11-30 08:00, time_zone: Europe/Berlin, services: [shop] }
  - { name: weekend, weekly: "fri 18:00 - mon 08:00", raise: critical }
proven_within: 30d
`,
  ).approvals;
  expect(raises).toEqual({
    freezes: [
      {
        name: 'Black Friday',
        raise: 0.7,
        services: ['shop'],
        timeZone: 'Europe/Berlin',
        window: { kind: 'once', from: Date.UTC(2026, 10, 27), to: Date.UTC(2026, 10, 30, 8) },
      },
      { name: 'weekend', raise: 0.9, timeZone: 'UTC', window: { kind: 'week', fromMs: 410_400_000, toMs: 28_800_000 } },
    ],
    provenWithinMs: 30 * 86_400_000,
  });
});

describe('one clear error names what is wrong with it:', () => {
  test.each([
    ['weekly: "friday"', 'freeze[0].weekly', 'two days with times that differ, such as "fri 18:00 - mon 08:00"'],
    ['from: 2026-11-31 00:00, to: 2026-12-01 00:00', 'freeze[0].from', 'a day and a time of the zone'],
    ['from: 2026-11-30 00:00, to: 2026-11-27 00:00', 'freeze[0].to', 'a moment after from'],
    ['from: 2026-11-30 00:00', 'freeze[0]', 'from and to'],
    ['weekly: "fri 18:00 - mon 08:00", to: 2026-11-30 00:00', 'freeze[0]', 'either weekly, or from and to'],
    ['weekly: "fri 18:00 - mon 08:00", time_zone: Berlin', 'freeze[0].time_zone', 'a time zone such as Europe/Berlin'],
    [
      'weekly: "fri 18:00 - mon 08:00", raise: low',
      'freeze[0].raise',
      'medium, high, critical, or a number from 0 to 1',
    ],
    ['weekly: "fri 18:00 - mon 08:00", services: [shoop]', 'freeze[0].services[0]', 'no service "shoop"'],
  ])('%s', (fields, path, says) => {
    const message = refusal(freeze(fields));
    expect(message).toContain(path);
    expect(message).toContain(says);
    expect(message.match(/freeze\[0\]/g)).toHaveLength(1);
  });
});
