import type { Pool } from 'pg';
import { z } from 'zod';
import type { BreakerStore } from '../engine/ports.js';
import { rows } from './query.js';

/** Circuit breakers, one row a service. */
export function createBreakerStore(pool: Pool): BreakerStore {
  return {
    async read(service) {
      // Without a breaker there is still the time.
      const found = await rows<BreakerRow>(
        pool,
        // A CASE, since AND looks at all recoveries even for a state that is NULL.
        `SELECT clock_timestamp() AS now, b.service, b.revision, b.body,
           CASE WHEN b.state = 'open' THEN coalesce((
             SELECT r.state = 'SUCCEEDED' AND r.ended_at > b.since FROM recoveries r
             WHERE r.service = b.service AND r.ended_at IS NOT NULL ORDER BY r.id DESC LIMIT 1), false) END AS recovered
         FROM (SELECT 1) AS one LEFT JOIN breakers b ON $1::text IS NULL OR b.service = $1`,
        [service ?? null],
      );
      return {
        now: found[0]?.now ?? new Date(),
        breakers: found.flatMap(({ service: name, revision, body, recovered }) =>
          name === null || revision === null
            ? []
            : [{ service: name, revision, breaker: breakerBody.parse(body), recovered: recovered ?? false }],
        ),
      };
    },

    async save(service, revision, breaker, { events, effects }) {
      const found = await rows(
        pool,
        `WITH put AS (
           INSERT INTO breakers AS b (service, revision, state, since, body)
           VALUES ($1, $2 + 1, $3, to_timestamp($4::float8 / 1000), $5)
           ON CONFLICT (service) DO UPDATE SET revision = excluded.revision, state = excluded.state,
             since = excluded.since, body = excluded.body WHERE b.revision = $2
           RETURNING service),
         sent AS (
           INSERT INTO outbox (key, kind, payload)
           SELECT o.key, o.kind, o.payload FROM put, jsonb_to_recordset($7::jsonb) AS o(key text, kind text, payload jsonb)
           ON CONFLICT (key) DO NOTHING),
         told AS (
           INSERT INTO events (kind, actor, data)
           SELECT e.kind, e.actor, e.data FROM put, jsonb_to_recordset($6::jsonb) AS e(kind text, actor text, data jsonb))
         SELECT service FROM put`,
        [
          ...[service, revision, breaker.state, breaker.since, JSON.stringify(breaker)],
          ...[JSON.stringify(events), JSON.stringify(effects)],
        ],
      );
      return found.length > 0;
    },
  };
}

interface BreakerRow {
  now: Date;
  service: string | null;
  revision: number | null;
  body: unknown;
  recovered: boolean | null;
}

const calls = z.object({
  inARow: z.int(),
  slots: z.array(z.object({ at: z.number(), ok: z.int(), failed: z.int() })),
});
const why = { since: z.number(), openings: z.int().min(1), reason: z.string(), by: z.string(), calls };

const breakerBody = z.discriminatedUnion('state', [
  z.object({ state: z.literal('closed'), since: z.number().nullable(), calls }),
  z.object({ state: z.literal('open'), ...why, trialAt: z.number().nullable() }),
  z.object({ state: z.literal('half_open'), ...why, trial: z.string(), until: z.number() }),
]);
