import type { Pool } from 'pg';
import type { Alert, AlertStore, KnownAlert, KnownIncident, SortedIn } from '../engine/alerts/alert.js';
import { incidentAnswers } from './incident-answers.js';
import { rows } from './query.js';
import { silences } from './silences.js';
import { sorting } from './sorting.js';

/** Alerts of other programs, sorted into incidents. */
export function createAlertStore(pool: Pool): AlertStore {
  return {
    ...silences(pool),
    ...incidentAnswers(pool),

    take: (alerts, sort) =>
      sorting(pool, async (client) => {
        const [now] = await rows<{ now: Date; silenced: string[] }>(
          client,
          'SELECT clock_timestamp() AS now, ARRAY(SELECT fingerprint FROM silences WHERE until > now()) AS silenced',
        );
        const known = await rows<KnownAlert>(client, KNOWN_ALERTS, [JSON.stringify(alerts.map(keys))]);
        const groups = [...new Set(alerts.map(({ group }) => group))];
        const incidents = await rows<KnownIncident>(client, KNOWN_INCIDENTS, [
          groups,
          [...new Set(alerts.flatMap(({ service }) => service ?? []))],
          [...new Set(known.flatMap(({ incident }) => incident ?? []))],
        ]);
        const silenced = (now?.silenced ?? []).filter((group) => groups.includes(group));
        const sorted = sort(alerts, { alerts: known, incidents, silenced }, now?.now ?? new Date());
        await rows(client, WRITE, [
          JSON.stringify(openedOf(sorted)),
          JSON.stringify(sorted.changed.map(change)),
          JSON.stringify(rowsOf(sorted)),
        ]);
        return sorted.taken;
      }),

    async incidentOf(source, fingerprint) {
      const [row] = await rows<{ id: number | null }>(
        pool,
        'SELECT incident_id AS id FROM alerts WHERE source = $1 AND fingerprint = $2',
        [source, fingerprint],
      );
      return row?.id ?? undefined;
    },

    async open(limit) {
      const found = await rows<{ id: number }>(
        pool,
        `SELECT id FROM incidents WHERE state <> 'resolved' ORDER BY id DESC LIMIT $1`,
        [limit],
      );
      return found.map(({ id }) => id);
    },

    async delivered(source, id) {
      const of = [source, id];
      return (await rows(pool, 'SELECT id FROM webhook_deliveries WHERE source = $1 AND id = $2', of)).length > 0;
    },

    async keepDelivery(source, id) {
      await rows(pool, 'INSERT INTO webhook_deliveries (source, id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        source,
        id,
      ]);
    },

    async forget(alertsMs, deliveriesMs) {
      const ago = (n: number) => `now() - $${n}::float8 * interval '1 millisecond'`;
      await rows(pool, `DELETE FROM alerts WHERE state = 'resolved' AND last_seen_at < ${ago(1)}`, [alertsMs]);
      await rows(pool, `DELETE FROM webhook_deliveries WHERE at < ${ago(1)}`, [deliveriesMs]);
    },
  };
}

const KNOWN_ALERTS = `SELECT a.source, a.fingerprint, a.state, a.starts_at AS "startsAt", a.end_told_at AS "endTold",
    a.incident_id AS incident
  FROM jsonb_to_recordset($1::jsonb) AS k(source text, fingerprint text)
  JOIN alerts a ON a.source = k.source AND a.fingerprint = k.fingerprint`;

const KNOWN_INCIDENTS = `SELECT i.id, i.fingerprint, i.service, i.state, i.resolved_at AS "resolvedAt", i.firing, i.own,
    EXISTS (SELECT FROM silences s WHERE s.fingerprint = i.fingerprint AND s.until > now()) AS silenced
  FROM incidents i WHERE i.id IN (
    SELECT id FROM incidents WHERE fingerprint = ANY ($1) AND state <> 'resolved'
    UNION SELECT id FROM incidents WHERE service = ANY ($2) AND state <> 'resolved'
    UNION SELECT id FROM incidents WHERE id = ANY ($3))
  ORDER BY i.id DESC`;

/** One write for a batch: new incidents with their post and their answer, changed ones, and every alert. */
const WRITE = `WITH opened AS (
    INSERT INTO incidents (fingerprint, service, about, title, detail, severity, alert, alerts, firing, state,
      resolved_at, recovery_id)
    SELECT o."group", o.service, o.about, o.name, o.says, o.severity, o.alert, o.alerts, o.firing, o.state,
      CASE o.state WHEN 'resolved' THEN now() END,
      (SELECT r.id FROM recoveries r WHERE r.service = o.service AND r.state IN ('SCHEDULED','AWAITING_APPROVAL',
        'IN_PROGRESS','AWAITING_MANUAL','ROLLING_BACK'))
    FROM jsonb_to_recordset($1::jsonb) AS o("group" text, service text, about text, name text, says text, severity float8,
      alert jsonb, alerts int, firing int, state text)
    RETURNING id, fingerprint, service, title, version, state),
  i AS (SELECT * FROM opened WHERE state <> 'resolved'),
  told AS (
    INSERT INTO events (kind, actor, data) SELECT 'incident.opened', 'reviver',
      jsonb_build_object('incident', id, 'service', service, 'title', title) FROM opened),
  shown AS (
    INSERT INTO outbox (key, kind, payload)
    SELECT 'incident:' || id || ':' || version, 'chat.incident', jsonb_build_object('incident', id) FROM i
    UNION ALL SELECT 'incident.opened:' || id, 'incident.opened', jsonb_build_object('incident', id) FROM i
    ON CONFLICT (key) DO NOTHING),
  changed AS (
    UPDATE incidents SET alerts = incidents.alerts + c.alerts, firing = c.firing,
      severity = greatest(incidents.severity, c.severity), alert = coalesce(incidents.alert, c.alert),
      version = incidents.version + 1, state = CASE WHEN c.resolved THEN 'resolved' ELSE incidents.state END,
      resolved_at = CASE WHEN c.resolved THEN now() ELSE incidents.resolved_at END
    FROM jsonb_to_recordset($2::jsonb) AS c(id int, alerts int, firing int, severity float8, alert jsonb, resolved boolean)
    WHERE incidents.id = c.id RETURNING incidents.id, service, title, version, c.resolved),
  over AS (
    INSERT INTO events (kind, actor, data) SELECT 'incident.resolved', 'reviver',
      jsonb_build_object('incident', id, 'service', service, 'title', title) FROM changed WHERE resolved),
  closing AS (
    INSERT INTO outbox (key, kind, payload)
    SELECT 'incident:' || id || ':' || version, 'chat.incident', jsonb_build_object('incident', id) FROM changed WHERE resolved
    ON CONFLICT (key) DO NOTHING),
  -- A count that grows makes an edit of the post due, and no row; of a storm people see one edit every two seconds.
  followed AS (
    UPDATE chat_views SET wanted = wanted + 1, due_at = least(due_at, now()),
      not_before = CASE WHEN message IS NULL OR not_before > now() THEN not_before ELSE now() + interval '2 seconds' END
    FROM changed
    WHERE subject = 'incident:' || changed.id AND NOT changed.resolved),
  r AS (
    SELECT * FROM jsonb_to_recordset($3::jsonb) AS r(source text, fingerprint text, "group" text, incident int, opened text,
      name text, service text, labels jsonb, says text, severity float8, state text, times int, starts_at timestamptz,
      ends_at timestamptz, anew boolean)),
  counted AS (
    UPDATE alerts a SET count = a.count + r.times, last_seen_at = now() FROM r
    WHERE NOT r.anew AND a.source = r.source AND a.fingerprint = r.fingerprint)
  INSERT INTO alerts AS a (source, fingerprint, group_key, incident_id, name, service, labels, says, severity, state, count,
    starts_at, ends_at, end_told_at)
  SELECT r.source, r.fingerprint, r."group", coalesce(r.incident, opened.id), r.name, r.service, r.labels, r.says, r.severity,
    r.state, r.times, r.starts_at, r.ends_at, CASE r.state WHEN 'resolved' THEN now() END
  FROM r LEFT JOIN opened ON opened.fingerprint = r.opened WHERE r.anew
  ON CONFLICT (source, fingerprint) DO UPDATE SET count = a.count + excluded.count, last_seen_at = now(),
    (group_key, incident_id, name, service, labels, says, severity, state, starts_at, ends_at, end_told_at) =
      (excluded.group_key, excluded.incident_id, excluded.name, excluded.service, excluded.labels, excluded.says,
        excluded.severity, excluded.state, excluded.starts_at, excluded.ends_at, excluded.end_told_at)`;

function keys({ source, fingerprint }: Alert) {
  return { source, fingerprint };
}

/** What an incident keeps of the first alert that told of it. */
const shownOf = ({ source, name, says }: Alert) => ({ source, name, says });

function openedOf({ opened }: SortedIn) {
  return opened.map(({ group, first, severity, alerts, firing }) => ({
    group,
    service: first.service,
    about: first.about,
    name: first.name,
    says: first.says,
    severity,
    alert: shownOf(first),
    alerts,
    firing: Math.max(0, firing),
    state: firing > 0 ? 'open' : 'resolved',
  }));
}

function change({ first, ...rest }: SortedIn['changed'][number]) {
  return { ...rest, alert: first && shownOf(first) };
}

function rowsOf({ rows: sorted, opened }: SortedIn) {
  return sorted.map(({ alert, state, startsAt, times, anew, incident, opened: place }) => ({
    source: alert.source,
    fingerprint: alert.fingerprint,
    group: alert.group,
    incident,
    state,
    times,
    opened: place === null ? null : opened[place]?.group,
    name: alert.name,
    anew,
    service: alert.service,
    labels: alert.labels,
    says: alert.says,
    severity: alert.severity,
    starts_at: startsAt,
    ends_at: alert.endsAt,
  }));
}
