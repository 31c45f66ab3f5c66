import type { Pool } from 'pg';
import type { Ending, Stage } from '../engine/auto-recover/stage.js';
import type { AutoRecoverStore } from '../engine/auto-recover/view.js';
import { rows } from './query.js';

/** More are looked at the next time. */
const AT_ONCE = 500;

/** How far `auto_recover` of each service is trusted, and what that is learned from. */
export function createAutoRecoverStore(pool: Pool): AutoRecoverStore {
  return {
    async stage(service) {
      const [row] = await rows<Stage>(pool, 'SELECT stage, verified, seen, why FROM auto_recover WHERE service = $1', [
        service,
      ]);
      return row;
    },

    endings: (service, after, automatic) =>
      rows<Ending>(
        pool,
        `SELECT r.id, r.requested_by = ANY ($3) AS automatic,
           CASE WHEN r.state = 'SUCCEEDED' AND NOT r.unverified THEN 'verified'
                WHEN r.state IN ('FAILED', 'ROLLED_BACK') THEN 'failed' ELSE 'neither' END AS outcome
         FROM recoveries r JOIN plans p ON p.id = r.plan_id LEFT JOIN incidents i ON i.id = r.incident_id
         WHERE r.service = $1 AND r.id > $2 AND r.ended_at IS NOT NULL
           AND r.state IN ('SUCCEEDED', 'FAILED', 'ROLLED_BACK', 'CANCELLED')
           AND (r.requested_by = ANY ($3) OR i.auto->>'plan' = p.body->>'name')
         ORDER BY r.id LIMIT ${AT_ONCE}`,
        [service, after, automatic],
      ),

    async startedLately(service, by, withinMs) {
      const [row] = await rows<{ n: number }>(
        pool,
        `SELECT count(*)::int AS n FROM recoveries
         WHERE service = $1 AND requested_by = ANY ($2) AND created_at > now() - $3::float8 * interval '1 millisecond'`,
        [service, by, withinMs],
      );
      return row?.n ?? 0;
    },

    async save(service, { stage, verified, seen, why }, changed) {
      await rows(
        pool,
        `WITH put AS (
           INSERT INTO auto_recover AS a (service, stage, verified, seen, why) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (service) DO UPDATE SET stage = $2, verified = $3, seen = $4, why = $5,
             since = CASE WHEN a.stage = $2 THEN a.since ELSE now() END
           WHERE a.seen < $4 RETURNING service)
         INSERT INTO events (kind, actor, data)
         SELECT CASE $2 WHEN 'live' THEN 'auto_recover.promoted' ELSE 'auto_recover.demoted' END, 'reviver',
           jsonb_build_object('service', service, 'why', $5::text, 'verified', $3::int) FROM put WHERE $6`,
        [service, stage, verified, seen, why, changed],
      );
    },
  };
}
