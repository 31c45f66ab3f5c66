import type { Pool } from 'pg';
import type { Maintenance } from '../engine/engine.js';
import type { MaintenanceStore } from '../engine/ports.js';
import { rows } from './query.js';

const COLUMNS = 'service, since, until, reason, by';
const OPEN = 'ended_at IS NULL AND until > now()';

/** Maintenance that people began, at most one a service. */
export function createMaintenanceStore(pool: Pool): MaintenanceStore {
  return {
    active: () => rows<Maintenance>(pool, `SELECT ${COLUMNS} FROM maintenance WHERE ${OPEN} ORDER BY service`),

    async begin({ service, reason, by }, forMs) {
      const [begun] = await rows<Maintenance>(
        pool,
        `WITH before AS (
           UPDATE maintenance SET ended_at = now(), ended_by = $2 WHERE service = $1 AND ${OPEN}),
         m AS (
           INSERT INTO maintenance (service, by, reason, until)
           VALUES ($1, $2, $3, now() + $4::float8 * interval '1 millisecond') RETURNING *),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'maintenance.began', by,
             jsonb_build_object('service', service, 'until', until, 'reason', reason) FROM m)
         SELECT ${COLUMNS} FROM m`,
        [service, by, reason, forMs],
      );
      if (!begun) throw new Error('a maintenance was not begun');
      return begun;
    },

    async end(service, by) {
      const [ended] = await rows<Maintenance>(
        pool,
        `WITH m AS (
           UPDATE maintenance SET ended_at = now(), ended_by = $2 WHERE service = $1 AND ${OPEN} RETURNING *),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'maintenance.ended', $2, jsonb_build_object('service', service)
           FROM m)
         SELECT ${COLUMNS} FROM m`,
        [service, by],
      );
      return ended;
    },
  };
}
