import { z } from 'zod';

/** A time on the wire: ISO 8601 in UTC, or null. */
export const moment = z.iso.datetime().nullable();

export function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
