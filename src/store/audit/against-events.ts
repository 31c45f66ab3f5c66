import type { Pool, PoolClient } from 'pg';
import { rows, transaction } from '../query.js';

export interface Difference {
  event: string;
  how: 'event_differs' | 'event_missing' | 'not_sealed';
}

/**
 * The first event that the audit tells otherwise, or that the log has lost although its month is there; or one that should
 * have been sealed and was not. Both are read once. Undefined: they agree.
 */
export async function firstDifference(pool: Pool, after: number, until: number): Promise<Difference | undefined> {
  return transaction(pool, async (client) => {
    // Whole tables are read here, which every other statement must not do.
    await client.query(
      `SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on;
       SET LOCAL statement_timeout = 0`,
    );
    return compare(client, after, until);
  });
}

async function compare(client: PoolClient, after: number, until: number): Promise<Difference | undefined> {
  const [found] = await rows<Difference>(
    client,
    `WITH oldest AS (SELECT min(id) AS id, min(at) AS at FROM events),
     differs AS (
       SELECT s.event_id, CASE WHEN e.id IS NULL THEN 'event_missing' ELSE 'event_differs' END AS how
       FROM audit.entries s LEFT JOIN events e ON e.id = s.event_id
       WHERE s.seq > $1 AND s.seq <= $2 AND CASE WHEN e.id IS NULL THEN s.event_id >= (SELECT id FROM oldest) AND s.at >= (SELECT at FROM oldest)
         ELSE (s.xid, s.at, s.who, s.what, s.recovery_id, s.data) IS DISTINCT FROM (e.xid, e.at, e.actor, e.kind, e.recovery_id, e.data) END
       ORDER BY s.event_id LIMIT 1),
     last AS (SELECT xid, event_id FROM audit.entries ORDER BY seq DESC LIMIT 1),
     unsealed AS (
       SELECT e.id AS event_id, 'not_sealed' AS how FROM events e, last
       WHERE ((e.xid, e.id) <= (last.xid, last.event_id) OR e.xid >= (SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + ahead)::text::xid8 FROM log_order))
         AND e.id > (SELECT coalesce(min(event_id), 0) FROM audit.entries)
         AND NOT EXISTS (SELECT FROM audit.entries s WHERE s.event_id = e.id)
       ORDER BY e.id LIMIT 1)
     SELECT event_id::text AS event, how FROM (SELECT * FROM differs UNION ALL SELECT * FROM unsealed) d LIMIT 1`,
    [after, until],
  );
  return found;
}
