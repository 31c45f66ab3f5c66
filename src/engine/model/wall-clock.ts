const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A date and time of day, as a clock on the wall shows it: milliseconds as if it were UTC. */
export type WallMs = number;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether `Intl` knows a time zone such as Europe/Berlin. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** What clocks of a zone show at an instant; seconds are left out. */
export function wallOf(instantMs: number, timeZone: string): WallMs {
  const parts = formatOf(timeZone).formatToParts(instantMs);
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(number('year'), number('month') - 1, number('day'), number('hour'), number('minute'));
}

/**
 * The instants at which clocks of a zone show a time, in milliseconds since 1970. Mostly one and the same; a time that is
 * skipped or repeated when clocks are changed lies between them.
 */
export function instantsOf(wall: WallMs, timeZone: string): { earliest: number; latest: number } {
  // The offset is that of the day before, or that of the day after: no zone changes twice within two days.
  const candidates = [wall - DAY_MS, wall + DAY_MS].map((near) => wall - (wallOf(near, timeZone) - near));
  const exact = candidates.filter((instant) => wallOf(instant, timeZone) === wall);
  const known = exact.length > 0 ? exact : candidates;
  return { earliest: Math.min(...known), latest: Math.max(...known) };
}

/** `2026-11-30 08:00` */
export function wallText(wall: WallMs): string {
  return new Date(wall).toISOString().slice(0, 16).replace('T', ' ');
}

export function minutes(hours: number, minute: number): number {
  return (hours * 60 + minute) * MINUTE_MS;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}
