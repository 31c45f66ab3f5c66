import type { Channel, Escalation } from '../engine/escalation/escalation.js';

export interface EscalationRow {
  id: number;
  service: string;
  policy: string;
  state: Escalation['state'];
  level: number;
  hurry: number;
  next_at: Date | null;
  code: string;
  reason: string;
  recovery_id: number | null;
  incident_id: number | null;
  started_at: Date;
  last_at: Date;
  acknowledged_by: string | null;
  resolved_by: string | null;
  resolved_at: Date | null;
  failing: Channel[] | null;
}

/** A sent effect has no error; one that was given up, or is tried again, has. */
export const ESCALATIONS = `SELECT e.*, (
    SELECT array_agg(DISTINCT p.channel) FROM pages p JOIN outbox o USING (key)
    WHERE p.escalation_id = e.id AND p.failed AND (o.done_at IS NULL OR o.error IS NOT NULL)) AS failing
  FROM escalations e`;

export function toEscalation(row: EscalationRow): Escalation {
  return {
    id: row.id,
    service: row.service,
    policy: row.policy,
    state: row.state,
    level: row.level,
    hurry: row.hurry,
    nextAt: row.next_at,
    code: row.code,
    reason: row.reason,
    recoveryId: row.recovery_id,
    incidentId: row.incident_id,
    startedAt: row.started_at,
    lastAt: row.last_at,
    acknowledgedBy: row.acknowledged_by,
    resolvedBy: row.resolved_by,
    resolvedAt: row.resolved_at,
    failing: row.failing ?? [],
  };
}

const MS = `* interval '1 millisecond'`;

export const TOLD_ALREADY = 'SELECT escalation_id FROM escalation_reasons WHERE key = $1';

/** Service, policy, ms until the first level, levels that do not wait; code, reason, recovery, incident. */
export const OPEN_OR_JOIN = `
  INSERT INTO escalations AS e (service, policy, next_at, hurry, code, reason, recovery_id, incident_id)
  VALUES ($1, $2, now() + $3::float8 ${MS}, $4, $5, $6, $7, $8)
  ON CONFLICT (service) WHERE state <> 'resolved' DO UPDATE SET code = excluded.code, reason = excluded.reason,
    recovery_id = coalesce(excluded.recovery_id, e.recovery_id), incident_id = coalesce(excluded.incident_id, e.incident_id),
    last_at = now()
  RETURNING id, xmax = 0 AS created`;

/** A reason that another process has added in this very moment is an error, and all of it is taken back. */
export const ADD_REASON = `
  WITH added AS (
    INSERT INTO escalation_reasons (key, escalation_id, code, reason, recovery_id) VALUES ($1, $2, $3, $4, $5))
  INSERT INTO events (recovery_id, kind, actor, data)
  SELECT $5, CASE WHEN $6::boolean THEN 'escalation.opened' ELSE 'escalation.joined' END, 'reviver',
    jsonb_build_object('escalation', id, 'service', service, 'code', $3::text, 'reason', $4::text)
  FROM escalations WHERE id = $2`;

/** Somebody looks after it, and still more people are asked for: it goes on. */
export const HURRY = `
  UPDATE escalations SET hurry = greatest(hurry, $2), next_at = now(), state = 'open', acknowledged_by = NULL,
    acknowledged_at = NULL
  WHERE id = $1 AND level < $2`;

const PAYLOAD = `jsonb_build_object('escalation', p.escalation_id, 'level', p.level, 'channel', p.channel,
  'target', p.target, 'action', p.action)`;

/** All that one receiver of one channel gets stands in one lane, so that no resolve overtakes its trigger. */
const SEND = `sent AS (
    INSERT INTO outbox (key, kind, payload, lane)
    SELECT p.key, CASE p.channel WHEN 'chat' THEN 'chat.call' ELSE 'page' END, ${PAYLOAD},
      'E-' || p.escalation_id || ':' || p.channel || ':' || p.target
    FROM p)`;

/** Id, level, ms from the beginning to the next level or null, pages. */
export const CLIMB = `
  WITH e AS (
    UPDATE escalations SET level = level + 1, next_at = started_at + $3::float8 ${MS}
    WHERE id = $1 AND level = $2 AND state = 'open' AND next_at <= now() RETURNING *),
  p AS (
    INSERT INTO pages (key, escalation_id, level, channel, target, action)
    SELECT 'page:E-' || e.id || ':' || x.level || ':' || x.channel || ':' || md5(x.target), e.id, x.level, x.channel,
      x.target, 'trigger'
    FROM e, jsonb_to_recordset($4::jsonb) AS x(level smallint, channel text, target text) RETURNING *),
  ${SEND},
  told AS (
    INSERT INTO events (recovery_id, kind, actor, data)
    SELECT e.recovery_id, 'escalation.level_told', 'reviver', jsonb_build_object('escalation', e.id, 'service', e.service,
      'level', $2::int, 'channels', (SELECT jsonb_agg(DISTINCT p.channel) FROM p)) FROM e)
  SELECT id FROM e`;

const LOCKED = 'SELECT id FROM escalations WHERE (id = $1 OR service = $2)';

export const LOCK = {
  acknowledged: `${LOCKED} AND state = 'open' ORDER BY id DESC LIMIT 1 FOR UPDATE`,
  resolved: `${LOCKED} AND state <> 'resolved' ORDER BY id DESC LIMIT 1 FOR UPDATE`,
} as const;

/** Whoever was called by a pager hears how it goes on; a short message is not worth an acknowledge. */
function followUp(action: 'acknowledge' | 'resolve', channels: string, set: string, kind: string): string {
  return `
  WITH e AS (UPDATE escalations SET next_at = NULL, ${set} WHERE id = $1 RETURNING *),
  p AS (
    INSERT INTO pages (key, escalation_id, level, channel, target, action)
    SELECT 'page:E-' || e.id || ':' || t.channel || ':' || md5(t.target) || ':${action}', e.id, t.level, t.channel, t.target,
      '${action}'
    FROM e, LATERAL (
      SELECT channel, target, max(level) AS level FROM pages
      WHERE escalation_id = e.id AND action = 'trigger' AND channel IN (${channels}) GROUP BY 1, 2) t
    ON CONFLICT (key) DO NOTHING RETURNING *),
  ${SEND}
  INSERT INTO events (recovery_id, kind, actor, data)
  SELECT recovery_id, '${kind}', $2, jsonb_build_object('escalation', id, 'service', service) FROM e`;
}

/** Id, by. */
export const CHANGE = {
  acknowledged: followUp(
    'acknowledge',
    `'pagerduty', 'email', 'webhook'`,
    `state = 'acknowledged', acknowledged_by = $2, acknowledged_at = now()`,
    'escalation.acknowledged',
  ),
  resolved: followUp(
    'resolve',
    `'pagerduty', 'email', 'sms', 'webhook'`,
    `state = 'resolved', resolved_by = $2, resolved_at = now()`,
    'escalation.resolved',
  ),
} as const;

/** A check may have seen the end of an outage that its recovery still works on: the recovery has the word. */
const NOBODY_IS_WAITED_FOR = `
  NOT EXISTS (SELECT 1 FROM incidents i WHERE i.service = e.service AND i.state <> 'resolved')
  AND NOT EXISTS (SELECT 1 FROM recoveries r WHERE r.service = e.service
    AND r.state IN ('SCHEDULED', 'AWAITING_APPROVAL', 'IN_PROGRESS', 'AWAITING_MANUAL', 'ROLLING_BACK'))`;

/**
 * A success that was verified; a health check that holds since; or, where nothing can tell, half a day without anything
 * new: else the next failure would be a part of it, and page nobody.
 */
export const OVER = `
  SELECT e.id, CASE WHEN won.id IS NOT NULL THEN 'R-' || won.id WHEN well.service IS NOT NULL THEN 'its health check'
    ELSE 'time: nothing new for 12 h' END AS by
  FROM escalations e
  LEFT JOIN LATERAL (
    SELECT r.id FROM (SELECT * FROM recoveries WHERE service = e.service ORDER BY id DESC LIMIT 20) r
    WHERE r.state = 'SUCCEEDED' AND r.ended_at > e.last_at AND (NOT r.unverified OR e.state = 'acknowledged')
    ORDER BY r.id DESC LIMIT 1) won ON true
  LEFT JOIN LATERAL (
    SELECT h.service FROM service_health h
    WHERE h.service = e.service AND h.status = 'healthy' AND h.since > e.last_at AND ${NOBODY_IS_WAITED_FOR}) well ON true
  WHERE e.state <> 'resolved' AND (won.id IS NOT NULL OR well.service IS NOT NULL
    OR (e.next_at IS NULL AND e.last_at < now() - interval '12 hours' AND ${NOBODY_IS_WAITED_FOR}))`;

/** Refused, or failed three times, or not sent within half a minute (chat: a minute, since it waits for its cards). */
export const PASS_FAILING = `
  WITH stuck AS (
    SELECT p.key, p.escalation_id AS id, p.channel, p.level, coalesce(o.error, 'nothing sends it') AS error
    FROM pages p JOIN outbox o USING (key) JOIN escalations e ON e.id = p.escalation_id
    WHERE NOT p.failed AND p.action = 'trigger' AND e.state <> 'resolved' AND (
      o.done_at IS NOT NULL AND o.error IS NOT NULL
      OR o.done_at IS NULL AND (o.attempts >= 3 AND o.error IS NOT NULL AND p.channel <> 'chat'
        OR p.at < now() - CASE p.channel WHEN 'chat' THEN interval '60 s' ELSE interval '30 s' END))
    FOR UPDATE OF p SKIP LOCKED),
  marked AS (UPDATE pages SET failed = true WHERE key IN (SELECT key FROM stuck)),
  passed AS (
    UPDATE escalations e SET hurry = greatest(hurry, e.level + 1), next_at = now()
    FROM (SELECT id, max(level) AS level FROM stuck GROUP BY 1) s
    WHERE e.id = s.id AND e.state = 'open' AND e.next_at IS NOT NULL AND s.level = e.level - 1),
  told AS (
    INSERT INTO events (recovery_id, kind, actor, data)
    SELECT e.recovery_id, 'escalation.channel_failed', 'reviver',
      jsonb_build_object('escalation', e.id, 'service', e.service, 'channel', s.channel, 'reason', s.error)
    FROM stuck s JOIN escalations e ON e.id = s.id)
  SELECT id, channel, error FROM stuck`;

/** Objectives: the service, its `rtoMs`, and the words. Each incident, or recovery without one, breaches it once. */
export const BREACHED = `
  INSERT INTO outbox (key, kind, payload)
  SELECT 'escalation:rto:' || a.name, 'escalation', jsonb_strip_nulls(jsonb_build_object('service', s.service,
    'code', 'rto_breached', 'reason', s.reason, 'by', 'reviver', 'recovery', a.recovery, 'incident', a.incident))
  FROM jsonb_to_recordset($1::jsonb) AS s(service text, "rtoMs" float8, reason text), LATERAL (
    SELECT 'I-' || i.id AS name, i.started_at AS since, i.recovery_id AS recovery, i.id AS incident FROM incidents i
    WHERE i.service = s.service AND i.state <> 'resolved'
    UNION ALL
    SELECT 'R-' || r.id, r.created_at, r.id, NULL FROM recoveries r
    WHERE r.service = s.service AND r.incident_id IS NULL
      AND r.state IN ('SCHEDULED', 'AWAITING_APPROVAL', 'IN_PROGRESS', 'AWAITING_MANUAL', 'ROLLING_BACK')) a
  WHERE a.since < now() - s."rtoMs" ${MS}
  ON CONFLICT (key) DO NOTHING`;

/** More than so many recoveries of a service failed within an hour; said once an hour. */
export const FAILS_AGAIN_AND_AGAIN = `
  INSERT INTO outbox (key, kind, payload)
  SELECT 'escalation:failures:R-' || f.latest, 'escalation', jsonb_build_object('service', f.service, 'recovery', f.latest,
    'code', 'repeated_failures', 'reason', f.n || ' recoveries of it failed within an hour', 'by', 'reviver')
  FROM (
    SELECT service, count(*) AS n, max(id) AS latest FROM recoveries
    WHERE state IN ('FAILED', 'ROLLED_BACK') AND ended_at > now() - interval '1 hour'
    GROUP BY service HAVING count(*) > $1) f
  WHERE NOT EXISTS (
    SELECT 1 FROM escalation_reasons r JOIN escalations e ON e.id = r.escalation_id
    WHERE e.service = f.service AND r.code = 'repeated_failures' AND r.at > now() - interval '1 hour')
  ON CONFLICT (key) DO NOTHING`;
