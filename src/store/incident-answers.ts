import type { Pool } from 'pg';
import type { AlertStore } from '../engine/alerts/alert.js';
import { rows } from './query.js';
import { SHOWN } from './sorting.js';

/** What is decided about an incident besides its state; its post tells it. */
export function incidentAnswers(pool: Pool): Pick<AlertStore, 'answered' | 'assign' | 'escalated'> {
  return {
    async answered(id, answer) {
      await rows(
        pool,
        `WITH i AS (UPDATE incidents SET auto = $2, version = version + 1 WHERE id = $1 RETURNING *),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'auto_recover.decided', 'reviver',
             jsonb_build_object('incident', id, 'service', service) || $2::jsonb FROM i),
         ${SHOWN}
         SELECT id FROM i`,
        [id, JSON.stringify(answer)],
      );
    },

    async assign(id, service, by) {
      const found = await rows(
        pool,
        `WITH i AS (
           UPDATE incidents SET service = coalesce(service, $2), version = version + 1 WHERE id = $1 RETURNING *),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'incident.assigned', $3,
             jsonb_build_object('incident', id, 'service', service) FROM i),
         ${SHOWN}
         SELECT id FROM i`,
        [id, service, by],
      );
      return found.length > 0;
    },

    async escalated(id, by, reason) {
      const found = await rows(
        pool,
        `WITH i AS (UPDATE incidents SET version = version + 1 WHERE id = $1 RETURNING *),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'incident.escalated', $2,
             jsonb_build_object('incident', id, 'service', service, 'reason', $3::text) FROM i),
         asked AS (
           INSERT INTO outbox (key, kind, payload)
           SELECT 'escalation:I-' || id || ':asked_by_person:' || version, 'escalation', jsonb_build_object('incident', id,
             'service', coalesce(service, about, title), 'code', 'asked_by_person', 'reason', $3::text, 'by', $2::text) FROM i
           ON CONFLICT (key) DO NOTHING)
         SELECT id FROM i`,
        [id, by, reason],
      );
      return found.length > 0;
    },
  };
}
