import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { Incident, ServiceHealth } from '../engine/engine.js';
import type { IncidentStore } from '../engine/ports.js';
import { HealthEntity, IncidentEntity, type IncidentRow } from './entities.js';
import { explained, rows } from './query.js';
import { ANSWERED, SHOWN, sorting } from './sorting.js';

/** Incidents and the latest health of each service. */
export function createIncidentStore(pool: Pool, source: DataSource): IncidentStore {
  const incidents = source.getRepository(IncidentEntity);
  const healths = source.getRepository(HealthEntity);

  return {
    report: (found) =>
      sorting(pool, async (client) => {
        const [there] = await rows<{ id: number }>(client, JOINED, [found.fingerprint, found.service]);
        const [row] = there
          ? await rows<IncidentRow>(client, TOLD_AGAIN, [there.id, found.fingerprint, found.detail, found.severity])
          : await rows<IncidentRow>(client, OPENED, [
              ...[found.service, found.fingerprint, found.title, found.detail, found.severity],
            ]);
        if (!row) throw new Error('an incident was neither opened nor counted');
        return { incident: toIncident(row), created: there === undefined };
      }),

    resolve: (which, detail) =>
      sorting(pool, async (client) => {
        const over = 'id' in which ? [null, which.id, which.recovery ?? null] : [which.fingerprint, null, null];
        const resolved = await rows<IncidentRow>(client, RESOLVED, [...over, detail ?? null]);
        const first = resolved.find(({ state }) => state === 'resolved');
        return first && toIncident(first);
      }),

    async acknowledge(id, by) {
      const [row] = await rows<IncidentRow>(
        pool,
        `WITH i AS (
           UPDATE incidents SET state = CASE state WHEN 'open' THEN 'acknowledged' ELSE state END,
             acknowledged_by = coalesce(acknowledged_by, $2), version = version + 1 WHERE id = $1 RETURNING *),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'incident.acknowledged', $2,
             jsonb_build_object('incident', id, 'service', service) FROM i),
         ${SHOWN}
         SELECT * FROM i`,
        [id, by],
      );
      return row && toIncident(row);
    },

    async get(id) {
      const row = await incidents.findOneBy({ id }).catch(rethrow);
      if (!row) return undefined;
      const [silence] = await rows<{ until: Date; by: string }>(
        pool,
        'SELECT until, by FROM silences WHERE fingerprint = $1 AND until > now()',
        [row.fingerprint],
      );
      return { ...toIncident(row), ...(silence ? { silence } : {}) };
    },

    async openFor(service) {
      const [row] = await rows<IncidentRow>(
        pool,
        `SELECT * FROM incidents WHERE service = $1 AND state <> 'resolved' ORDER BY id DESC LIMIT 1`,
        [service],
      );
      return row && toIncident(row);
    },

    async saveHealth(health) {
      await healths
        .upsert(
          {
            service: health.service,
            status: health.status,
            detail: health.detail,
            consecutive_failures: health.consecutiveFailures,
            consecutive_successes: health.consecutiveSuccesses ?? 0,
            falls: [...(health.falls ?? [])],
            flapping: health.flapping ?? false,
            caused_by: health.causedBy ?? null,
            since: health.since,
            checked_at: new Date(),
          },
          ['service'],
        )
        .catch(rethrow);
    },

    async forgetHealth(service) {
      await healths.delete({ service }).catch(rethrow);
    },

    async health() {
      const found = await healths.find().catch(rethrow);
      return found.map(
        (row): ServiceHealth => ({
          service: row.service,
          status: row.status,
          detail: row.detail,
          consecutiveFailures: row.consecutive_failures,
          consecutiveSuccesses: row.consecutive_successes,
          falls: row.falls,
          flapping: row.flapping,
          ...(row.caused_by === null ? {} : { causedBy: row.caused_by }),
          since: row.since,
        }),
      );
    },
  };
}

/** Its own incident, else the newest open one of the service; one that is silenced only for what is silenced, too. */
const JOINED = `SELECT i.id FROM incidents i WHERE i.state <> 'resolved' AND (i.fingerprint = $1 OR $1 = ANY (i.own)
    OR i.service = $2 AND (SELECT coalesce(bool_and(s.fingerprint <> i.fingerprint), true) OR bool_or(s.fingerprint = $1)
      FROM silences s WHERE s.until > now()))
  ORDER BY (i.fingerprint = $1 OR $1 = ANY (i.own)) DESC, i.id DESC LIMIT 1`;

const TOLD_AGAIN = `WITH i AS (
    UPDATE incidents SET count = count + 1, found = $3, severity = greatest(severity, $4), version = version + 1,
      detail = CASE WHEN alert IS NULL OR fingerprint = $2 THEN $3 ELSE detail END,
      own = CASE WHEN $2 = ANY (own) THEN own ELSE own || $2 END
    WHERE id = $1 RETURNING *),
  ${SHOWN}
  SELECT * FROM i`;

const OPENED = `WITH i AS (
    INSERT INTO incidents (service, fingerprint, title, detail, severity, own, found)
    VALUES ($1, $2, $3, $4, $5, ARRAY[$2], $4) RETURNING *),
  told AS (
    INSERT INTO events (kind, actor, data) SELECT 'incident.opened', 'reviver',
      jsonb_build_object('incident', id, 'service', service, 'title', title, 'detail', detail) FROM i),
  ${SHOWN}, ${ANSWERED}
  SELECT * FROM i`;

/** One finding that holds no more, or all of an incident, and of those that the same recovery was for. */
const RESOLVED = `WITH i AS (
    UPDATE incidents SET version = version + 1, detail = coalesce($4, detail),
      own = CASE WHEN $1::text IS NULL THEN '{}' ELSE array_remove(own, $1) END,
      state = CASE WHEN $1::text IS NULL OR firing <= 0 AND array_remove(own, $1) = '{}' THEN 'resolved' ELSE state END,
      resolved_at = CASE WHEN $1::text IS NULL OR firing <= 0 AND array_remove(own, $1) = '{}' THEN now() END
    WHERE state <> 'resolved' AND (fingerprint = $1 OR $1 = ANY (own) OR id = $2 OR recovery_id = $3) RETURNING *),
  told AS (
    INSERT INTO events (kind, actor, data) SELECT 'incident.resolved', 'reviver',
      jsonb_build_object('incident', id, 'service', service, 'title', title) FROM i WHERE state = 'resolved'),
  ${SHOWN}
  SELECT * FROM i ORDER BY id = $2 DESC`;

function rethrow(error: unknown): never {
  throw explained(error);
}

function toIncident(row: IncidentRow): Incident {
  return {
    id: row.id,
    service: row.service,
    title: row.title,
    detail: row.detail,
    severity: row.severity,
    fingerprint: row.fingerprint,
    state: row.state,
    count: row.count,
    startedAt: row.started_at,
    resolvedAt: row.resolved_at,
    acknowledgedBy: row.acknowledged_by,
    recoveryId: row.recovery_id,
    alerts: row.alerts,
    firing: row.firing,
    ...(row.about === null ? {} : { about: row.about }),
    ...(row.alert === null ? {} : { alert: row.alert }),
    ...(row.own.length > 0 && row.found !== null ? { found: row.found } : {}),
    ...(row.auto === null ? {} : { auto: row.auto }),
  };
}
