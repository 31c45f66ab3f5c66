import type { Pool, PoolClient } from 'pg';
import { transaction } from './query.js';

/** Any bigint: who sorts something into incidents holds it, so that two never open what is one. */
const SORTING = 7_215_016;

/** Work on incidents that nothing else sorts into meanwhile, on any node. What waits too long is `unavailable`. */
export function sorting<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  return transaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [SORTING]);
    return work(client);
  });
}

/** The post of an incident follows it by the outbox; `i` are the incidents that changed. */
export const SHOWN = `shown AS (
  INSERT INTO outbox (key, kind, payload)
  SELECT 'incident:' || id || ':' || version, 'chat.incident', jsonb_build_object('incident', id) FROM i
  ON CONFLICT (key) DO NOTHING)`;

/** What may be done about it by itself is decided once, when it opens. */
export const ANSWERED = `answered AS (
  INSERT INTO outbox (key, kind, payload)
  SELECT 'incident.opened:' || id, 'incident.opened', jsonb_build_object('incident', id) FROM i
  ON CONFLICT (key) DO NOTHING)`;
