/** What a moment of a service counts as. `unknown`: nobody watched, or nothing was known yet. */
export type Counted = 'healthy' | 'unhealthy' | 'unknown' | 'maintenance';

/** Time within the window, while somebody watched. Milliseconds. */
export interface Spent {
  healthyMs: number;
  unhealthyMs: number;
  maintenanceMs: number;
  /** When it was first watched, within the window. */
  sinceMs: number;
}

export interface Availability {
  /** Per cent of the time that is known and no maintenance; undefined: nothing is known. */
  percent?: number;
  /** Per cent. */
  target?: number;
  downMs: number;
  unknownMs: number;
  maintenanceMs: number;
  /** What it may be down within the window, and the part of it that is left: 1 is all, below 0 is overdrawn. */
  budget?: { allowedMs: number; left: number };
}

/** Rolling. Source of the term: "The Site Reliability Workbook", chapter 2. */
export const WINDOW_MS = 30 * 86_400_000;

/**
 * @param target per cent, such as 99.95
 * @param windowMs of it, only what passed since the service is watched can be unknown
 */
export function availabilityOf(
  spent: Spent | undefined,
  target: number | undefined,
  now: Date,
  windowMs = WINDOW_MS,
): Availability {
  const { healthyMs, unhealthyMs, maintenanceMs } = spent ?? NOTHING;
  const known = healthyMs + unhealthyMs;
  const passedMs = spent ? Math.min(windowMs, now.getTime() - spent.sinceMs) : 0;
  const allowedMs = target === undefined ? undefined : ((100 - target) / 100) * windowMs;
  return {
    ...(known > 0 ? { percent: (100 * healthyMs) / known } : {}),
    ...(target === undefined ? {} : { target }),
    downMs: unhealthyMs,
    unknownMs: Math.max(0, passedMs - known - maintenanceMs),
    maintenanceMs,
    ...(allowedMs === undefined ? {} : { budget: { allowedMs, left: leftOf(allowedMs, unhealthyMs) } }),
  };
}

const NOTHING = { healthyMs: 0, unhealthyMs: 0, maintenanceMs: 0 };

/** Who promises 100 per cent has no budget: the first second overdraws it. */
function leftOf(allowedMs: number, usedMs: number): number {
  if (allowedMs > 0) return 1 - usedMs / allowedMs;
  return usedMs > 0 ? -1 : 1;
}
