import type { Pool } from 'pg';
import type { AlertStore } from '../engine/alerts/alert.js';
import { rows } from './query.js';
import { SHOWN } from './sorting.js';

/** An incident is silenced by its own group; whoever silences it means all groups that are shown in it. */
export function silences(pool: Pool): Pick<AlertStore, 'silence' | 'unsilence' | 'endSilences'> {
  return {
    async silence(incident, forMs, by) {
      const found = await rows(
        pool,
        `WITH groups AS (
           SELECT fingerprint FROM incidents WHERE id = $1
           UNION SELECT group_key FROM alerts WHERE incident_id = $1),
         silenced AS (
           INSERT INTO silences (fingerprint, until, by)
           SELECT fingerprint, now() + $2::float8 * interval '1 millisecond', $3 FROM groups
           ON CONFLICT (fingerprint) DO UPDATE SET until = excluded.until, by = excluded.by, at = now()),
         i AS (UPDATE incidents SET version = version + 1 WHERE id = $1 RETURNING *),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'incident.silenced', $3,
             jsonb_build_object('incident', id, 'service', service, 'for_ms', $2::float8) FROM i),
         ${SHOWN}
         SELECT id FROM i`,
        [incident, forMs, by],
      );
      return found.length > 0;
    },

    async unsilence(incident, by) {
      const found = await rows(
        pool,
        `WITH groups AS (
           SELECT fingerprint FROM incidents WHERE id = $1
           UNION SELECT group_key FROM alerts WHERE incident_id = $1),
         gone AS (DELETE FROM silences WHERE fingerprint IN (SELECT fingerprint FROM groups) RETURNING fingerprint),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'incident.unsilenced', $2,
             jsonb_build_object('incident', id, 'service', service) FROM incidents WHERE id = $1),
         i AS (
           UPDATE incidents SET version = version + 1
           WHERE id = $1 OR (state <> 'resolved' AND fingerprint IN (SELECT fingerprint FROM gone)) RETURNING *),
         ${SHOWN}
         SELECT id FROM i WHERE id = $1`,
        [incident, by],
      );
      return found.length > 0;
    },

    async endSilences() {
      const ended = await rows(
        pool,
        `WITH gone AS (DELETE FROM silences WHERE until <= now() RETURNING fingerprint),
         i AS (
           UPDATE incidents SET version = version + 1
           WHERE state <> 'resolved' AND fingerprint IN (SELECT fingerprint FROM gone) RETURNING *),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'incident.unsilenced', 'reviver',
             jsonb_build_object('incident', id, 'service', service) FROM i),
         ${SHOWN}
         SELECT fingerprint FROM gone`,
      );
      return ended.length;
    },
  };
}
