import type { Pool } from 'pg';
import { rows } from '../query.js';

export interface AuditFacts {
  /** Age of the oldest event that is not sealed; 0: there is none. */
  unsealedS: number;
  /** Place of the last entry. */
  sealed: number;
  /** Place of the last signed one. */
  signed: number;
}

/** Of events that were committed before the last entry nothing is said here: `reviver audit verify` finds them. */
export async function auditFacts(pool: Pool): Promise<AuditFacts> {
  const [found] = await rows<AuditFacts>(
    pool,
    `WITH last AS (SELECT e.seq, e.xid, e.event_id FROM audit.entries e ORDER BY e.seq DESC LIMIT 1),
     oldest AS (
       SELECT at FROM events WHERE (xid, id) > (coalesce((SELECT xid FROM last), '0'), coalesce((SELECT event_id FROM last), 0))
       ORDER BY xid, id LIMIT 1)
     SELECT coalesce((SELECT greatest(extract(epoch FROM clock_timestamp() - at), 0) FROM oldest), 0)::float8 AS "unsealedS",
       coalesce((SELECT seq FROM last), 0)::float8 AS sealed,
       coalesce((SELECT max(seq) FROM audit.anchors), 0)::float8 AS signed`,
  );
  return found ?? { unsealedS: 0, sealed: 0, signed: 0 };
}
