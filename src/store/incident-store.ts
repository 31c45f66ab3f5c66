import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { Incident, ServiceHealth } from '../engine/engine.js';
import type { IncidentStore } from '../engine/ports.js';
import { HealthEntity, IncidentEntity, type IncidentRow } from './entities.js';
import { explained, rows } from './query.js';

/** The post of an incident follows it by the outbox. */
const SHOWN = `shown AS (
  INSERT INTO outbox (key, kind, payload)
  SELECT 'incident:' || id || ':' || version, 'chat.incident', jsonb_build_object('incident', id) FROM i
  ON CONFLICT (key) DO NOTHING)`;

/** Incidents and the latest health of each service. */
export function createIncidentStore(pool: Pool, source: DataSource): IncidentStore {
  const incidents = source.getRepository(IncidentEntity);
  const healths = source.getRepository(HealthEntity);

  return {
    async report(found) {
      const [row] = await rows<IncidentRow & { created: boolean }>(
        pool,
        `WITH i AS (
           INSERT INTO incidents (service, fingerprint, title, detail, severity) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (fingerprint) WHERE state <> 'resolved'
           DO UPDATE SET count = incidents.count + 1, detail = excluded.detail, version = incidents.version + 1
           RETURNING *, (xmax = 0) AS created),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'incident.opened', 'reviver',
             jsonb_build_object('incident', id, 'service', service, 'title', title, 'detail', detail) FROM i WHERE created),
         ${SHOWN}
         SELECT * FROM i`,
        [found.service, found.fingerprint, found.title, found.detail, found.severity],
      );
      if (!row) throw new Error('an incident was neither opened nor counted');
      return { incident: toIncident(row), created: row.created };
    },

    async resolve(which, detail) {
      const [row] = await rows<IncidentRow>(
        pool,
        `WITH i AS (
           UPDATE incidents SET state = 'resolved', resolved_at = now(), version = version + 1,
             detail = coalesce($3, detail)
           WHERE (fingerprint = $1 OR id = $2) AND state <> 'resolved' RETURNING *),
         told AS (
           INSERT INTO events (kind, actor, data) SELECT 'incident.resolved', 'reviver',
             jsonb_build_object('incident', id, 'service', service, 'title', title) FROM i),
         ${SHOWN}
         SELECT * FROM i`,
        'id' in which ? [null, which.id, detail ?? null] : [which.fingerprint, null, detail ?? null],
      );
      return row && toIncident(row);
    },

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
      return row ? toIncident(row) : undefined;
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
  };
}
