import type { Pool } from 'pg';
import { explainedQueries, rows } from './query.js';

interface Row {
  id: number;
  key: string;
  kind: string;
  payload: unknown;
  attempts: number;
}

const MS = `* interval '1 millisecond'`;

/** The outbox as its senders see it. A claimed row comes back by itself when its sender died. */
export function createOutboxStore(pool: Pool) {
  const db = explainedQueries(pool);
  return {
    async claim(kinds: readonly string[], leaseMs: number, limit: number): Promise<Row[]> {
      const { rows } = await db.query<Row>(
        `UPDATE outbox SET attempts = attempts + 1, next_at = now() + $2::float8 ${MS}
         WHERE id IN (
           SELECT id FROM outbox o WHERE done_at IS NULL AND next_at <= now() AND kind = ANY ($1)
             AND (lane IS NULL OR NOT EXISTS (
               SELECT 1 FROM outbox earlier WHERE earlier.lane = o.lane AND earlier.id < o.id AND earlier.done_at IS NULL))
           ORDER BY next_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING id::float8 AS id, key, kind, payload, attempts`,
        [kinds, leaseMs, limit],
      );
      return rows.sort((a, b) => a.id - b.id);
    },
    async done(id: number, error?: string): Promise<void> {
      await db.query('UPDATE outbox SET done_at = now(), error = $2 WHERE id = $1', [id, error ?? null]);
    },
    async retry(id: number, delayMs: number, error: string): Promise<void> {
      await db.query(
        `UPDATE outbox SET next_at = now() + $2::float8 ${MS}, error = $3 WHERE id = $1 AND done_at IS NULL`,
        [id, delayMs, error],
      );
    },
  };
}

/** Calls for people, and their pages, that are not sent yet. */
export async function callsWaiting(pool: Pool): Promise<number> {
  const [found] = await rows<{ waiting: number }>(
    pool,
    `SELECT count(*)::int AS waiting FROM outbox WHERE done_at IS NULL AND kind IN ('escalation', 'page')`,
  );
  return found?.waiting ?? 0;
}
