import type { Pool } from 'pg';
import { toPast } from '../engine/knowledge/look.js';
import { ACTIVE_STATES } from '../engine/model/recovery.js';
import type {
  ActiveRecovery,
  RecoveryFilter,
  RecoveryStore,
  Stranded,
  Takeable,
  WorkerIdentity,
} from '../engine/ports.js';
import { createApprovalQueries } from './approvals.js';
import { createCommit } from './commit.js';
import { createEventLog } from './event-log.js';
import { CREATE, DUE, SNAPSHOT, type Statement } from './hot-statements.js';
import { createKnowledgeStore } from './knowledge-store.js';
import { refusal, rows, run } from './query.js';
import { draftJson, fromDraft } from './recovery-draft.js';
import { type RecoveryRow, toSnapshot } from './rows.js';
import { toIdentity, type WorkerRow } from './worker-registry.js';

/** Said as the index `one_active_recovery_a_service` says it: told as what is not ended, every look would read all of the past. */
export const ACTIVE = `state IN (${ACTIVE_STATES.map((state) => `'${state}'`).join(', ')})`;

const LOAD: Statement = { name: 'load', text: `${SNAPSHOT} WHERE r.id = $1` };
const ACTIVE_OF: Statement = { name: 'active', text: `${SNAPSHOT} WHERE r.service = $1 AND r.${ACTIVE}` };
const REQUESTED: Statement = { name: 'requested', text: `${SNAPSHOT} WHERE r.request = $1` };

export interface RecoveryStoreOptions {
  /** A worker that has not renewed for this long is gone, unless it is proven dead before. */
  leaseMs: number;
  /** Recoveries that may run at once. Default: as many as there are slots. */
  slots?: number;
}

const MANY = 1_000_000;

/** Recoveries in Postgres. */
export function createRecoveryStore(pool: Pool, options: RecoveryStoreOptions): RecoveryStore {
  const commit = createCommit(pool);
  const knowledge = createKnowledgeStore(pool);
  const one = async (statement: Statement, values: unknown[]) => {
    const [row] = await run<RecoveryRow>(pool, statement, values);
    return row ? toSnapshot(row) : undefined;
  };
  const active = async (service: string) => (await one(ACTIVE_OF, [service]))?.recovery;

  const requested: RecoveryStore['requested'] = async ({ platform, request }) =>
    request === undefined ? undefined : one(REQUESTED, [`${platform}:${request}`]);

  return {
    ...createApprovalQueries(pool),
    ...createEventLog(pool),
    commit,

    async create(draft) {
      for (;;) {
        try {
          const [made] = await run<{ id: number; created_at: Date; wake_at: Date | null }>(pool, CREATE, [
            draftJson(draft),
          ]);
          if (!made) throw new Error('a recovery was neither made nor refused');
          return { created: true, ...fromDraft(draft, made) };
        } catch (error) {
          if (refusal(error) !== 'active') throw error;
        }
        const other = (await requested(draft.origin))?.recovery ?? (await active(draft.service));
        if (other) return { created: false, recovery: other };
      }
    },

    load: (id) => one(LOAD, [id]),
    active,
    requested,

    async list(filter: RecoveryFilter) {
      const found = await rows<RecoveryRow>(
        pool,
        `${SNAPSHOT} WHERE ($1::text IS NULL OR r.service = $1) AND ($2::text[] IS NULL OR r.state = ANY($2))
           AND ($3::int IS NULL OR r.id < $3) AND ($5::int IS NULL OR r.id > $5)
           AND ($6::text[] IS NULL OR r.claims && $6 AND r.started_at IS NOT NULL) ORDER BY r.id DESC LIMIT $4`,
        [
          filter.service ?? null,
          filter.states ?? null,
          filter.before ?? null,
          filter.limit,
          filter.after ?? null,
          filter.changed ?? null,
        ],
      );
      return found.map(toSnapshot);
    },

    async queuePlaces(...ids) {
      if (ids.length === 0) return new Map();
      const found = await rows<{ id: number; place: number }>(
        pool,
        `SELECT id, place FROM (
           SELECT id, row_number() OVER (ORDER BY priority, id)::int AS place FROM recoveries WHERE state = 'SCHEDULED'
         ) queue WHERE id = ANY($1)`,
        [ids],
      );
      return new Map(found.map(({ id, place }) => [id, place]));
    },

    async due(worker: WorkerIdentity, dead: string[], inHand: number[], limit: number): Promise<Takeable[]> {
      const found = await run<RecoveryRow & { previous: WorkerRow | null }>(pool, DUE, [
        worker.pools,
        dead,
        options.leaseMs,
        limit,
        inHand,
        worker.id,
        options.slots ?? MANY,
        worker.abilities ?? null,
      ]);
      return found.map((row) => ({
        snapshot: toSnapshot(row),
        ...(row.previous ? { previous: toIdentity(row.previous) } : {}),
      }));
    },

    async stranded(afterMs) {
      return rows<Stranded>(
        pool,
        `WITH alive AS (
           SELECT pools, abilities FROM workers
           WHERE left_at IS NULL AND greatest(beat_at, pg_postmaster_start_time()) > now() - $2::float8 * interval '1 millisecond'),
         served AS (SELECT DISTINCT unnest(pools) AS pool FROM alive),
         late AS (
           SELECT id AS recovery, service, pool, needs, 'escalation:R-' || id || ':no_worker:' || pool || ':' || epoch AS key
           FROM recoveries
           WHERE state IN ('SCHEDULED', 'IN_PROGRESS', 'ROLLING_BACK') AND wake_at < now() - $1::float8 * interval '1 millisecond')
         SELECT recovery, service, pool, key, ARRAY(SELECT pool FROM served ORDER BY pool) AS served,
           ARRAY(SELECT n FROM unnest(needs) n WHERE EXISTS (
             SELECT FROM alive WHERE late.pool = ANY(pools) AND NOT n = ANY(abilities)) ORDER BY n) AS lacking
         FROM late
         WHERE NOT EXISTS (SELECT FROM alive WHERE late.pool = ANY(pools) AND (abilities IS NULL OR needs <@ abilities))
           AND NOT EXISTS (SELECT FROM outbox o WHERE o.key = late.key)`,
        [afterMs, options.leaseMs],
      );
    },

    async requestCancel(id, by) {
      const [row] = await rows<{ id: number }>(
        pool,
        `WITH asked AS (
           UPDATE recoveries SET cancel_by = coalesce(cancel_by, $2), version = version + 1 WHERE id = $1 AND ${ACTIVE}
           RETURNING id, service, constitution),
         told AS (
           INSERT INTO events (recovery_id, kind, actor, data, constitution)
           SELECT id, 'recovery.cancel_requested', $2, jsonb_build_object('service', service), constitution FROM asked)
         SELECT id FROM asked`,
        [id, by],
      );
      return row ? (await one(LOAD, [row.id]))?.recovery : undefined;
    },

    past: async (service, limit) => (await knowledge.latest(service, limit)).map(toPast),

    activeOnes: () =>
      rows<ActiveRecovery>(
        pool,
        `SELECT r.id, r.service, r.state,
           EXISTS (SELECT FROM steps s WHERE s.recovery_id = r.id AND s.state = 'unknown') AS unknown
         FROM recoveries r WHERE ${ACTIVE}`,
      ),
  };
}
