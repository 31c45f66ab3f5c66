import { z } from 'zod';
import { type PlannedMaintenance, WEEKDAYS } from '../engine/health/planned-maintenance.js';
import { isTimeZone } from '../engine/model/wall-clock.js';
import { duration, name, text } from './fields.js';

const DAY_MS = 86_400_000;

const MOMENT = 'a moment with its time zone, such as "2026-12-01T02:00:00Z"';
const moment = z
  .string({ error: MOMENT })
  .refine((given) => /T.*(Z|[+-]\d\d:\d\d)$/.test(given) && !Number.isNaN(Date.parse(given)), { error: MOMENT })
  .transform((given) => new Date(given));

const CLOCK = 'a time of day in quotes, such as "02:30"';
const clock = z
  .string({ error: CLOCK })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, CLOCK)
  .transform((given) => Number(given.slice(0, 2)) * 60 + Number(given.slice(3)));

const timeZone = z.string().refine(isTimeZone, { error: 'a time zone such as UTC or Europe/Berlin' });

const LENGTH = 'a time from 1m to 7d, such as 2h';

/** `maintenance:` of the configuration: once (`from`, `until`), or weekly (`days`, `at`, `for`). */
export const maintenanceSchema = z
  .strictObject({
    services: z.array(name).min(1),
    reason: text.default('planned'),
    from: moment.optional(),
    until: moment.optional(),
    days: z.array(z.enum(WEEKDAYS)).min(1).optional(),
    at: clock.optional(),
    for: duration
      .pipe(
        z
          .number()
          .min(60_000, LENGTH)
          .max(7 * DAY_MS, LENGTH),
      )
      .optional(),
    time_zone: timeZone.optional(),
  })
  .transform((given, context): PlannedMaintenance => {
    const { services, reason, from, until, days, at, for: forMs, time_zone: timeZone = 'UTC' } = given;
    const weekly = days ?? at ?? forMs ?? given.time_zone;
    if (from && until && weekly === undefined && from < until) return { services, reason, from, until };
    if (days && at !== undefined && forMs !== undefined && !from && !until)
      return { services, reason, days, atMinute: at, forMs, timeZone };
    context.addIssue({
      code: 'custom',
      message:
        'either from and a later until, once; or days, at and for, every week, such as { services: [web], days: [sun], at: "02:00", for: 2h }',
    });
    return z.NEVER;
  });
