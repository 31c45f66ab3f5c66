import type { PoolClient } from 'pg';
import type { SealedFact } from '../../engine/audit/chain.js';
import { rows } from '../query.js';

/** Writes entries behind the last one. Their months have partitions. */
export async function append(client: PoolClient, sealed: readonly SealedFact[]): Promise<void> {
  const entries = sealed.map(({ seq, previous, hash, fact }) => ({ seq, previous, hash, ...fact }));
  await rows(
    client,
    `INSERT INTO audit.entries (seq, sealed_at, event_id, xid, at, who, what, recovery_id, via, place, why, digest,
       constitution, data, previous, hash)
     SELECT seq, sealed_at, event_id, xid::xid8, at, who, what, substr(recovery, 3)::int, via, place, why, digest,
       constitution, data::jsonb, previous, hash
     FROM jsonb_to_recordset($1::jsonb) AS s(seq bigint, sealed_at timestamptz, event_id bigint, xid text, at timestamptz, who text,
       what text, recovery text, via text, place text, why text, digest text, constitution text, data text, previous text, hash text)`,
    [JSON.stringify(entries)],
  );
}
