import type { Pool } from 'pg';
import { rows } from './query.js';

/** What waits, and for how long the oldest of it does. Seconds; 0 when nothing waits. */
export interface Backlog {
  outboxPending: number;
  /** Of those, how many were tried in vain already. */
  outboxFailing: number;
  outboxOldestS: number;
  queueOldestS: number;
  approvalOldestS: number;
  /** Since the health monitor was last heard of; undefined: never. */
  monitorSilentS?: number;
}

export async function readBacklog(pool: Pool): Promise<Backlog> {
  const [row] = await rows<Row>(pool, BACKLOG);
  if (!row) throw new Error('a question without a table has no answer');
  const { monitorSilentS, ...known } = row;
  return { ...known, ...(monitorSilentS === null ? {} : { monitorSilentS }) };
}

type Row = Omit<Backlog, 'monitorSilentS'> & { monitorSilentS: number | null };

const age = (moment: string) => `extract(epoch FROM clock_timestamp() - ${moment})::float8`;

const BACKLOG = `SELECT
  (SELECT count(*)::int FROM outbox WHERE done_at IS NULL) AS "outboxPending",
  (SELECT count(*)::int FROM outbox WHERE done_at IS NULL AND error IS NOT NULL) AS "outboxFailing",
  (SELECT coalesce(${age('min(created_at)')}, 0) FROM outbox WHERE done_at IS NULL) AS "outboxOldestS",
  (SELECT coalesce(${age('min(created_at)')}, 0) FROM recoveries
    WHERE state = 'SCHEDULED' AND (next_attempt_at IS NULL OR next_attempt_at <= now())) AS "queueOldestS",
  (SELECT coalesce(${age('min(created_at)')}, 0) FROM approvals WHERE state = 'pending') AS "approvalOldestS",
  (SELECT ${age('max(until)')} FROM health_watch) AS "monitorSilentS"`;
