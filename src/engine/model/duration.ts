import { InvalidInput } from './errors.js';

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Milliseconds of a duration as people write it: `500ms`, `30s`, `15m`, `1.5h`, `3d`. A bare number is seconds, as in
 * the source documents (`recovery_timeout: 300.0`).
 */
export function parseDuration(value: string | number, field = 'duration'): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return Math.round(value * 1_000);
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(String(value).trim());
  if (!match) throw new InvalidInput(field, value, 'a duration such as 500ms, 30s, 15m, 1h or 3d');
  return Math.round(Number(match[1]) * UNIT_MS[match[2] ?? 's']!);
}

/** A duration for people: `0.4 s`, `11.8 s`, `3 min`, `2 h 05 min`, `4 d`. */
export function formatDuration(ms: number): string {
  // What would be rounded up to the next unit is given in it.
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_570_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 86_370_000) {
    const minutes = Math.round(ms / 60_000);
    return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  }
  return `${Math.round(ms / 86_400_000)} d`;
}
