import type { Pool, PoolClient } from 'pg';
import { BEGINNING, seal } from '../../engine/audit/chain.js';
import { factOf, type LoggedAct } from '../../engine/audit/fact.js';
import { rows, transaction } from '../query.js';
import { append } from './append.js';
import { moment } from './columns.js';

/** What is read, hashed and written in one transaction. */
const BATCH = 1_000;

/**
 * Seals what was committed since the last entry, in the order of commits, and gives how many: as many as `BATCH`, there
 * may be more. Undefined: another process seals just now.
 *
 * The lock is that of the transaction which writes, so a sealer that lost its connection can add nothing behind another.
 * Where it stands is the last entry itself: one that dies has sealed a batch or has not.
 */
export function sealNext(pool: Pool): Promise<number | undefined> {
  return transaction(pool, async (client) => {
    const [lock] = await rows<{ ours: boolean }>(
      client,
      `SELECT pg_try_advisory_xact_lock(hashtext('reviver:audit')) AS ours`,
    );
    if (!lock?.ours) return undefined;
    const end = await lastEntry(client);
    const acts = await unsealed(client, end);
    if (acts.length === 0) return 0;
    const sealedAt = await momentAfter(client, end?.sealed_at);
    const facts = acts.map((act) => factOf(act, sealedAt));
    const after = end ? { seq: Number(end.seq), hash: end.hash } : BEGINNING;
    await append(client, seal(facts, after));
    return acts.length;
  });
}

/** Seals until nothing is left; false: another process seals. */
export async function sealAll(pool: Pool, signal: AbortSignal): Promise<boolean> {
  for (let n: number | undefined = BATCH; n === BATCH; ) {
    signal.throwIfAborted();
    n = await sealNext(pool);
    if (n === undefined) return false;
  }
  return true;
}

interface LastEntry {
  seq: string;
  hash: string;
  sealed_at: string;
  event_id: string;
  xid: string;
}

async function lastEntry(client: PoolClient): Promise<LastEntry | undefined> {
  const [found] = await rows<LastEntry>(
    client,
    `SELECT e.seq::text AS seq, e.hash, ${moment('e.sealed_at')} AS sealed_at, e.event_id::text AS event_id, e.xid::text AS xid
     FROM audit.entries e ORDER BY e.seq DESC LIMIT 1`,
  );
  return found;
}

const ACT = `SELECT e.id::text AS event_id, e.xid::text AS xid, ${moment('e.at')} AS at, e.kind, e.actor, e.recovery_id,
    coalesce(e.constitution, r.constitution) AS constitution, e.data::text AS data,
    CASE WHEN r.id IS NOT NULL THEN jsonb_build_object('platform', r.origin->>'platform', 'channel', r.origin->>'channel',
      'reason', r.reason, 'digest', r.plan_digest) END AS of_recovery
  FROM events e LEFT JOIN recoveries r ON r.id = e.recovery_id`;
/** Ids are given before commits: only transactions older than every running one have their place for ever. */
const SETTLED = 'e.xid < log_settled()';
const NOT_SEALED = 'NOT EXISTS (SELECT FROM audit.entries s WHERE s.event_id = e.id)';

async function unsealed(client: PoolClient, end: LastEntry | undefined): Promise<LoggedAct[]> {
  return rows<LoggedAct>(
    client,
    `${ACT} WHERE (e.xid, e.id) > ($1::xid8, $2::bigint) AND ${SETTLED} AND ${NOT_SEALED} ORDER BY e.xid, e.id LIMIT ${BATCH}`,
    [end?.xid ?? '0', end?.event_id ?? '0'],
  );
}

/** Now, or the moment given where the clock went back. Its month has a partition then. */
async function momentAfter(client: PoolClient, last: string | undefined): Promise<string> {
  const [found] = await rows<{ sealed_at: string }>(
    client,
    `WITH now AS (SELECT greatest(clock_timestamp(), $1::timestamptz) AS at), opened AS (SELECT audit.open_month(at) FROM now)
     SELECT ${moment('now.at')} AS sealed_at FROM now, opened`,
    [last ?? null],
  );
  if (!found) throw new Error('the database gave no time');
  return found.sealed_at;
}
