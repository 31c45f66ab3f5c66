import type { Pool } from 'pg';
import { rows } from './query.js';

/** Makes the monthly partitions of the event log for this month and the next three; safe to repeat, and from anywhere. */
export async function ensureEventPartitions(pool: Pool): Promise<void> {
  await rows(
    pool,
    `SELECT create_month_partition('events', (date_trunc('month', now()) + make_interval(months => n))::date)
     FROM generate_series(0, 3) n`,
  );
}
