import type { Pool } from 'pg';
import type { WorkerIdentity, WorkerRegistry } from '../engine/ports.js';
import { rows } from './query.js';

export interface WorkerRow {
  id: string;
  host: string;
  pid: number;
  started_at: string;
  pools: string[];
  version: string;
  abilities: string[] | null;
}

/** Live workers and their leases: one row a worker, so that a beat renews all its recoveries at once. */
export function createWorkerRegistry(pool: Pool, options: { leaseMs: number; slots: number }): WorkerRegistry {
  const joined = new Map<string, WorkerIdentity>();
  const enter = (worker: WorkerIdentity) =>
    rows(
      pool,
      `INSERT INTO workers (id, host, pid, started_at, pools, version, abilities) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (id) DO UPDATE SET beat_at = now(), left_at = NULL`,
      [worker.id, worker.host, worker.pid, worker.startedAt, worker.pools, worker.version, worker.abilities ?? null],
    );
  return {
    async join(worker) {
      await enter(worker);
      joined.set(worker.id, worker);
      await rows(pool, 'INSERT INTO slots (n) SELECT generate_series(1, $1::int) ON CONFLICT DO NOTHING', [
        options.slots,
      ]);
      await rows(pool, `DELETE FROM workers WHERE coalesce(left_at, beat_at) < now() - interval '1 day'`);
    },

    // Slots that are too many since the setting was lowered go as they become free, so each beat looks.
    async beat(id) {
      const [row] = await rows<{ now: Date; known: boolean; cancel: { id: number; by: string }[] | null }>(
        pool,
        `WITH beat AS (UPDATE workers SET beat_at = now() WHERE id = $1 RETURNING id),
         had AS (SELECT count(*) AS n FROM slots),
         missing AS (
           INSERT INTO slots (n) SELECT n FROM generate_series(1, $2::int) n
           WHERE NOT EXISTS (SELECT FROM slots WHERE slots.n = n.n) LIMIT greatest(0, $2 - (SELECT n FROM had))
           ON CONFLICT DO NOTHING),
         surplus AS (
           DELETE FROM slots WHERE recovery_id IS NULL AND n IN (
             SELECT n FROM slots WHERE recovery_id IS NULL ORDER BY n DESC LIMIT greatest(0, (SELECT n FROM had) - $2)))
         SELECT clock_timestamp() AS now, EXISTS (SELECT FROM beat) AS known,
           (SELECT json_agg(json_build_object('id', r.id, 'by', r.cancel_by))
            FROM recoveries r WHERE r.owner = $1 AND r.cancel_by IS NOT NULL
              AND r.state IN ('SCHEDULED', 'AWAITING_APPROVAL', 'IN_PROGRESS')) AS cancel`,
        [id, options.slots],
      );
      const worker = joined.get(id);
      // One that was away for so long that its row was swept comes back.
      if (row && !row.known && worker) await enter(worker);
      return { cancel: row?.cancel ?? [], now: row?.now ?? new Date() };
    },

    async onHost(host) {
      const found = await rows<WorkerRow>(pool, 'SELECT * FROM workers WHERE host = $1 AND left_at IS NULL', [host]);
      return found.map(toIdentity);
    },

    async leave(id) {
      joined.delete(id);
      await rows(pool, 'UPDATE workers SET left_at = now() WHERE id = $1', [id]);
    },

    async list() {
      const found = await rows<WorkerRow & { beat_at: Date; running: string }>(
        pool,
        `SELECT w.*, (SELECT count(*) FROM recoveries r WHERE r.owner = w.id) AS running FROM workers w
         WHERE left_at IS NULL AND beat_at > now() - make_interval(secs => $1 / 1000.0) ORDER BY id`,
        [options.leaseMs],
      );
      return found.map((row) => ({ ...toIdentity(row), beatAt: row.beat_at, running: Number(row.running) }));
    },
  };
}

export function toIdentity(row: WorkerRow): WorkerIdentity {
  return {
    id: row.id,
    host: row.host,
    pid: row.pid,
    startedAt: row.started_at,
    pools: row.pools,
    version: row.version,
    ...(row.abilities ? { abilities: row.abilities } : {}),
  };
}
