import type { Maintenance } from '../engine.js';
import { instantsOf } from '../model/wall-clock.js';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Maintenance that the configuration plans: once, or every week on some days. */
export type PlannedMaintenance = { services: readonly string[]; reason: string } & (
  | { from: Date; until: Date }
  | {
      days: readonly Weekday[];
      /** Minutes after midnight, as clocks there show them. */
      atMinute: number;
      forMs: number;
      /** IANA name, such as Europe/Berlin. */
      timeZone: string;
    }
);

export const BY_CONFIGURATION = 'configuration';

/** What of it goes on now, the one that ends last for each service. */
export function plannedNow(planned: readonly PlannedMaintenance[], now: Date): Maintenance[] {
  const found = new Map<string, Maintenance>();
  for (const one of planned) {
    const window = 'from' in one ? onceNow(one, now) : weeklyNow(one, now);
    if (!window) continue;
    for (const service of one.services) {
      const known = found.get(service);
      if (known && known.until >= window.until) continue;
      found.set(service, { service, ...window, reason: one.reason, by: BY_CONFIGURATION });
    }
  }
  return [...found.values()];
}

interface Window {
  since: Date;
  until: Date;
}

function onceNow({ from, until }: { from: Date; until: Date }, now: Date): Window | undefined {
  return from <= now && now < until ? { since: from, until } : undefined;
}

const DAY_MS = 86_400_000;

function weeklyNow(
  { days, atMinute, forMs, timeZone }: Extract<PlannedMaintenance, { days: readonly Weekday[] }>,
  now: Date,
): Window | undefined {
  // One that began on an earlier day may still go on; the day before and after cover the difference of clocks.
  for (let back = -1; back <= Math.ceil(forMs / DAY_MS) + 1; back += 1) {
    const day = new Date(now.getTime() - back * DAY_MS);
    const date = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()));
    const weekday = WEEKDAYS[(date.getUTCDay() + 6) % 7];
    if (!weekday || !days.includes(weekday)) continue;
    // A time that clocks skip or show twice: as soon as it may be meant.
    const since = new Date(instantsOf(date.getTime() + atMinute * 60_000, timeZone).earliest);
    const until = new Date(since.getTime() + forMs);
    if (since <= now && now < until) return { since, until };
  }
  return undefined;
}
