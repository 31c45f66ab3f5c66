/** A partition's bounds: `fromMs` belongs to it, `toMs` does not. Milliseconds since 1970. */
export interface Range {
  fromMs: number;
  toMs: number;
}

export interface Partition extends Range {
  name: string;
}

/** The first instant of a month in UTC, `months` later (or earlier) than that of `atMs`. */
export function monthStart(atMs: number, months = 0): number {
  const at = new Date(atMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1);
}

/** What of this month and the next `ahead` has no partition yet. */
export function missingAhead(existing: readonly Range[], nowMs: number, ahead: number): Range[] {
  return Array.from({ length: ahead + 1 }, (_, n) => monthStart(nowMs, n)).flatMap((month) =>
    uncovered(month, existing),
  );
}

/**
 * The parts of a month that no partition covers. Bounds of older partitions may lie beside those of months in UTC, where
 * they were made by a server of another time zone: a new one begins where they end, so that nothing overlaps.
 */
export function uncovered(month: number, existing: readonly Range[]): Range[] {
  const whole = { fromMs: month, toMs: monthStart(month, 1) };
  return existing.reduce<Range[]>((parts, taken) => parts.flatMap((part) => without(part, taken)), [whole]);
}

function without(part: Range, taken: Range): Range[] {
  if (taken.toMs <= part.fromMs || part.toMs <= taken.fromMs) return [part];
  return [
    { fromMs: part.fromMs, toMs: taken.fromMs },
    { fromMs: taken.toMs, toMs: part.toMs },
  ].filter(({ fromMs, toMs }) => fromMs < toMs);
}

/**
 * Partitions whose youngest row is older than `keptMonths` whole months, the oldest first. Those of the current month and
 * of the future are never among them.
 */
export function expired(existing: readonly Partition[], nowMs: number, keptMonths: number): Partition[] {
  const before = monthStart(nowMs, -Math.max(0, keptMonths));
  return existing.filter(({ toMs }) => toMs <= before).sort((a, b) => a.fromMs - b.fromMs);
}

/** `events_2027_03`; with a number behind it where a part of that month has the name already. */
export function partitionName(parent: string, { fromMs }: Range, taken: ReadonlySet<string>): string {
  const name = `${parent}_${new Date(fromMs).toISOString().slice(0, 7).replace('-', '_')}`;
  for (let n = 2; ; n += 1) {
    const found = n === 2 && !taken.has(name) ? name : `${name}_${n}`;
    if (!taken.has(found)) return found;
  }
}
