import { z } from 'zod';
import { parseDuration } from '../model/duration.js';

/** Fields that several actions have; `error` says what is allowed, for `parseInput`. */

export const text = (allowed: string) => z.string({ error: allowed }).trim().min(1, { error: allowed });

export const serviceName = text('the name of a service');

/** A duration as people write it, or seconds; stays as written, so that a stored step reads like its runbook. */
export function duration(maxMs: number, maxText: string) {
  const allowed = `a duration of at most ${maxText}, such as 500ms, 30s or 5m`;
  return z
    .union([z.string(), z.number()], { error: allowed })
    .refine((value) => fits(value, maxMs), { error: allowed });
}

function fits(value: string | number, maxMs: number): boolean {
  try {
    const ms = parseDuration(value);
    return ms > 0 && ms <= maxMs;
  } catch {
    return false;
  }
}

export const HOUR_MS = 3_600_000;
