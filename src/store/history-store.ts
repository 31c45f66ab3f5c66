import type { Pool } from 'pg';
import {
  type Disaster,
  type Ended,
  type HistoryStore,
  LOOKED_BACK,
  type PlanRecord,
} from '../engine/history/history.js';
import { TERMINAL_STATES } from '../engine/model/recovery.js';
import type { Proof } from '../engine/planner/circumstances.js';
import { rows } from './query.js';

const ENDED = `r.state IN (${TERMINAL_STATES.map((state) => `'${state}'`).join(', ')}) AND r.ended_at IS NOT NULL`;

/** What became of earlier recoveries; each question reads an index from its end, and stops when it has enough. */
export function createHistoryStore(pool: Pool): HistoryStore {
  return {
    async ended({ service, before, limit }) {
      const { where, values } = conditions({ 'r.service =': service, 'r.id <': before });
      const found = await rows<Omit<Ended, 'activeMs'> & { activeMs: string }>(
        pool,
        `SELECT e.*,
           (SELECT count(*)::int FROM ratings WHERE recovery_id = e.id AND helped) AS helped,
           (SELECT count(*)::int FROM ratings WHERE recovery_id = e.id AND NOT helped) AS "didNotHelp",
           (SELECT count(*)::int FROM notes WHERE recovery_id = e.id AND text IS NOT NULL) AS notes
         FROM (
           SELECT r.id, r.service, p.body->>'kind' AS kind, p.body->>'name' AS plan, r.state, r.outcome->>'code' AS code,
             r.unverified, r.requested_by AS "requestedBy", r.created_at AS "createdAt", r.ended_at AS "endedAt",
             r.active_ms AS "activeMs"
           FROM recoveries r JOIN plans p ON p.id = r.plan_id
           WHERE ${ENDED}${where} ORDER BY r.id DESC LIMIT $${values.length + 1}
         ) e ORDER BY e.id DESC`,
        [...values, limit],
      );
      return found.map((row) => ({ ...row, activeMs: Number(row.activeMs) }));
    },

    async records(service) {
      const { where, values } = conditions({ 'r.service =': service });
      const found = await rows<Omit<PlanRecord, 'medianActiveMs'> & { median: string | null }>(
        pool,
        // What people stopped says nothing of a plan.
        `SELECT kind, plan, count(*)::int AS runs, count(*) FILTER (WHERE succeeded)::int AS succeeded,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY active_ms) FILTER (WHERE succeeded) AS median
         FROM (
           SELECT p.body->>'kind' AS kind, p.body->>'name' AS plan, r.state, r.state = 'SUCCEEDED' AS succeeded, r.active_ms
           FROM recoveries r JOIN plans p ON p.id = r.plan_id
           WHERE ${ENDED}${where} ORDER BY r.id DESC LIMIT $${values.length + 1}
         ) lately
         WHERE state <> 'CANCELLED' GROUP BY kind, plan ORDER BY runs DESC, plan`,
        [...values, LOOKED_BACK],
      );
      return found.map(({ median, ...row }) => ({ ...row, medianActiveMs: median === null ? null : Number(median) }));
    },

    async disasters(limit) {
      const found = await rows<Omit<Disaster, 'rtoMs' | 'rpoMs'> & { rtoMs: string | null; rpoMs: string | null }>(
        pool,
        `SELECT id, lost, state, ended_by AS by, ended_at AS "endedAt", rto_ms AS "rtoMs", rpo_ms AS "rpoMs"
         FROM disasters ORDER BY ended_at DESC LIMIT $1`,
        [limit],
      );
      const ms = (given: string | null) => (given === null ? null : Number(given));
      return found.map(({ rtoMs, rpoMs, ...row }) => ({ ...row, rtoMs: ms(rtoMs), rpoMs: ms(rpoMs) }));
    },

    proofs: (service) => rows<Proof>(pool, 'SELECT kind, name, at FROM proven WHERE service = $1', [service]),

    async successors(...ids) {
      if (ids.length === 0) return new Map();
      const found = await rows<{ of: number; id: number }>(
        pool,
        'SELECT retry_of AS of, min(id) AS id FROM recoveries WHERE retry_of = ANY($1) GROUP BY retry_of',
        [ids],
      );
      return new Map(found.map(({ of, id }) => [of, id]));
    },
  };
}

/** Only what is asked for stands in the statement, so that Postgres sees which index serves it. */
function conditions(asked: Record<string, string | number | undefined>): {
  where: string;
  values: (string | number)[];
} {
  const given = Object.entries(asked).flatMap(([column, value]) => (value === undefined ? [] : [{ column, value }]));
  return {
    where: given.map(({ column }, index) => ` AND ${column} $${index + 1}`).join(''),
    values: given.map(({ value }) => value),
  };
}
