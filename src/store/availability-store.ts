import type { Pool } from 'pg';
import type { Spent } from '../engine/health/availability.js';
import type { AvailabilityStore } from '../engine/ports.js';
import { rows } from './query.js';

/** Two spans with less than this between them are one: what happened so shortly is known by what came before and after. */
const SAME_SPAN_MS = 15_000;
/** Thirty days do not change so quickly, and status is asked for often. */
const TRUST_MS = 5_000;
const MS = `* interval '1 millisecond'`;

/** What services counted as, and when somebody watched; both by the database's clock. */
export function createAvailabilityStore(pool: Pool): AvailabilityStore {
  let known: { windowMs: number; at: number; spent: Map<string, Spent> } | undefined;
  return {
    async watching(span) {
      const [row] = await rows<{ id: number }>(
        pool,
        `WITH on_going AS (
           UPDATE health_watch SET until = clock_timestamp()
           WHERE id = coalesce($1, (SELECT max(id) FROM health_watch)) AND until > clock_timestamp() - $2::float8 ${MS}
           RETURNING id),
         fresh AS (INSERT INTO health_watch (since) SELECT clock_timestamp() WHERE NOT EXISTS (SELECT FROM on_going) RETURNING id)
         SELECT id FROM on_going UNION ALL SELECT id FROM fresh`,
        [span ?? null, SAME_SPAN_MS],
      );
      if (!row) throw new Error('a span of watching was neither begun nor continued');
      return row.id;
    },

    async count(service, as) {
      await rows(
        pool,
        `INSERT INTO health_log (service, status) SELECT $1, $2
         WHERE $2 IS DISTINCT FROM (SELECT status FROM health_log WHERE service = $1 ORDER BY id DESC LIMIT 1)`,
        [service, as],
      );
    },

    async spent(windowMs) {
      if (known?.windowMs !== windowMs || performance.now() - known.at >= TRUST_MS)
        known = { windowMs, at: performance.now(), spent: await readSpent(pool, windowMs) };
      return known.spent;
    },

    async forgetBefore(windowMs) {
      await rows(pool, `DELETE FROM health_watch WHERE until < now() - $1::float8 ${MS}`, [windowMs]);
      await rows(
        pool,
        `DELETE FROM health_log old WHERE at < now() - $1::float8 ${MS} AND EXISTS (
           SELECT FROM health_log later WHERE later.service = old.service AND later.id > old.id
             AND later.at < now() - $1::float8 ${MS})`,
        [windowMs],
      );
    },
  };
}

async function readSpent(pool: Pool, windowMs: number): Promise<Map<string, Spent>> {
  const all = new Map<string, Spent>();
  for (const { service, status, ms, since } of await rows<SpentRow>(pool, SPENT, [windowMs])) {
    const spent = all.get(service) ?? { healthyMs: 0, unhealthyMs: 0, maintenanceMs: 0, sinceMs: since.getTime() };
    if (status !== 'unknown') spent[`${status}Ms`] += ms;
    all.set(service, spent);
  }
  return all;
}

interface SpentRow {
  service: string;
  status: 'healthy' | 'unhealthy' | 'unknown' | 'maintenance';
  ms: number;
  since: Date;
}

/** Each stretch of the log, cut to the window and to the spans in which somebody watched. */
const SPENT = `WITH edge AS (SELECT clock_timestamp() - $1::float8 ${MS} AS first, clock_timestamp() AS last),
  stretches AS (
    SELECT service, status, at, coalesce(lead(at) OVER (PARTITION BY service ORDER BY id), edge.last) AS ended
    FROM health_log, edge),
  inside AS (
    SELECT service, status, greatest(at, first) AS at, ended, min(greatest(at, first)) OVER (PARTITION BY service) AS since
    FROM stretches, edge WHERE ended > first)
  SELECT i.service, i.status, i.since, coalesce(sum(1000 * extract(epoch FROM
    least(i.ended, w.until) - greatest(i.at, w.since))), 0)::float8 AS ms
  FROM inside i LEFT JOIN health_watch w ON w.since < i.ended AND w.until > i.at
  GROUP BY i.service, i.status, i.since`;
