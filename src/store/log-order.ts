import type { Pool } from 'pg';
import { rows } from './query.js';

/**
 * Lets the event log go on behind its newest event, whichever cluster of Postgres it is in now. Does nothing unless the
 * database was restored into one that has counted fewer transactions. Before anything else is written.
 */
export async function continueLog(pool: Pool): Promise<void> {
  await rows(
    pool,
    `WITH newest AS (SELECT xid::text::bigint AS xid FROM events ORDER BY events.xid DESC LIMIT 1),
       here AS (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next)
     UPDATE log_order SET ahead = newest.xid - here.next + 1 FROM newest, here WHERE newest.xid >= here.next + log_order.ahead`,
  );
}
