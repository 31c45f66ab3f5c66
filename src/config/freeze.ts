import { z } from 'zod';
import { isTimeZone } from '../engine/model/wall-clock.js';
import type { Freeze, FreezeWindow } from '../engine/planner/freeze/freeze.js';
import { readMoment, readWeekly } from '../engine/planner/freeze/read-window.js';
import { riskNumber } from '../engine/planner/runbook.js';
import { name, text } from './fields.js';

const given = z.strictObject({
  name: text,
  from: text.optional(),
  to: text.optional(),
  weekly: text.optional(),
  time_zone: text.default('UTC').refine(isTimeZone, 'a time zone such as Europe/Berlin or UTC'),
  raise: z
    .union([z.enum(['medium', 'high', 'critical']), z.number().min(0).max(1)], {
      error: 'medium, high, critical, or a number from 0 to 1',
    })
    .default('high'),
  services: z.array(name).min(1).optional(),
});

/** A freeze window: `from` and `to`, or `weekly`. Says one thing that is wrong with it, at its place. */
export const freezeSchema = given.transform((raw, context): Freeze => {
  const read = windowOf(raw);
  if ('says' in read) {
    context.addIssue({ code: 'custom', path: read.at === undefined ? [] : [read.at], message: read.says });
    return z.NEVER;
  }
  return {
    name: raw.name,
    raise: riskNumber(raw.raise),
    ...(raw.services ? { services: raw.services } : {}),
    timeZone: raw.time_zone,
    window: read,
  };
});

interface Wrong {
  at?: 'from' | 'to' | 'weekly';
  says: string;
}

const MOMENT = 'a day and a time of the zone, such as 2026-11-27 18:00';

function windowOf({ from, to, weekly }: z.output<typeof given>): FreezeWindow | Wrong {
  if (weekly !== undefined && (from !== undefined || to !== undefined))
    return { says: 'either weekly, or from and to' };
  if (weekly !== undefined) {
    const week = readWeekly(weekly);
    return week
      ? { kind: 'week', ...week }
      : { at: 'weekly', says: 'two days with times that differ, such as "fri 18:00 - mon 08:00"' };
  }
  if (from === undefined || to === undefined)
    return { says: 'from and to, such as 2026-11-27 18:00, or weekly, such as "fri 18:00 - mon 08:00"' };
  const [first, last] = [readMoment(from), readMoment(to)];
  if (first === undefined) return { at: 'from', says: MOMENT };
  if (last === undefined) return { at: 'to', says: MOMENT };
  return first < last ? { kind: 'once', from: first, to: last } : { at: 'to', says: 'a moment after from' };
}
