/**
 * The statements of the hot path. Each is one round trip and one transaction: everything that a move of the engine
 * changes, or nothing. They are sent under a name, so that Postgres plans them once a connection.
 */
export interface Statement {
  name: string;
  text: string;
}

const DYNAMIC = `state text, pool text, owner text, wake_at timestamptz, attempts int, next_attempt_at timestamptz,
  active_ms bigint, active_since timestamptz, approval_id text, outcome jsonb, started_at timestamptz, ended_at timestamptz`;

const SET_DYNAMIC = `state = i.state, pool = i.pool, owner = i.owner, wake_at = i.wake_at, attempts = i.attempts,
  next_attempt_at = i.next_attempt_at, active_ms = i.active_ms, active_since = i.active_since,
  approval_id = i.approval_id, outcome = i.outcome, started_at = i.started_at, ended_at = i.ended_at,
  epoch = i.new_epoch, revision = r.revision + 1, version = r.version + 1`;

const STEP = `position int, state text, attempts int, started_at timestamptz, ended_at timestamptz,
  next_attempt_at timestamptz, before jsonb, first_before jsonb, result jsonb, error jsonb, approval_id text,
  interruptions int`;

/** The place in the event log, as its column's default gives it to each row; this asks for it once a statement. */
const LOG_XID = '(SELECT log_xid())';

/** The common part: the fenced update of recoveries, and what follows from it in other tables. */
const WRITE = `
item AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS i(id int, epoch int, revision int, new_epoch int, ${DYNAMIC},
    steps jsonb, events jsonb, effects jsonb, frees boolean, ends boolean, status text)
),
held AS (
  UPDATE recoveries r SET ${SET_DYNAMIC} FROM item i
  WHERE r.id = i.id AND r.epoch = i.epoch AND r.revision = i.revision
  RETURNING r.id, r.plan_id, r.version, r.revision, r.cancel_by, r.constitution,
    i.steps, i.events, i.effects, i.frees, i.ends, i.status
),
stepped AS (
  UPDATE steps s SET state = d.state, attempts = d.attempts, started_at = d.started_at, ended_at = d.ended_at,
    next_attempt_at = d.next_attempt_at, before = d.before, first_before = d.first_before, result = d.result, error = d.error,
    approval_id = d.approval_id, interruptions = d.interruptions
  FROM held h, jsonb_to_recordset(h.steps) AS d(${STEP})
  WHERE s.recovery_id = h.id AND s.position = d.position
),
told AS (
  INSERT INTO events (xid, recovery_id, kind, actor, data, constitution)
  SELECT ${LOG_XID}, h.id, d.kind, d.actor, d.data, h.constitution
  FROM held h, jsonb_to_recordset(h.events) AS d(kind text, actor text, data jsonb)
),
sent AS (
  INSERT INTO outbox (key, kind, payload)
  SELECT d.key, d.kind, d.payload FROM held h, jsonb_to_recordset(h.effects) AS d(key text, kind text, payload jsonb)
  ON CONFLICT (key) DO NOTHING
)`;

/** Moves recoveries that this process holds; those of several recoveries share a commit. */
export const ADVANCE: Statement = {
  name: 'advance',
  text: `WITH ${WRITE},
freed AS (UPDATE slots SET recovery_id = NULL FROM held h WHERE h.frees AND slots.recovery_id = h.id),
unclaimed AS (DELETE FROM claims USING held h WHERE h.ends AND claims.recovery_id = h.id),
planned AS (UPDATE plans SET status = h.status FROM held h WHERE h.status IS NOT NULL AND plans.id = h.plan_id)
SELECT id, version, revision, cancel_by FROM held`,
};

/**
 * Takes recoveries: of each slot, claims and approval together with the first step's intent. All of them, or it refuses as a
 * whole; `lost` first, since after a lost reply this very write may have consumed the approval already. Claims are made in
 * one order by everybody, so that nobody waits for whoever waits for him.
 */
export const TAKE: Statement = {
  name: 'take',
  text: `WITH ${WRITE},
asked AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS a(id int, claims jsonb, uses text, uses_digest text)
),
wanting AS (
  SELECT id, row_number() OVER (ORDER BY id) AS place FROM asked
  WHERE NOT EXISTS (SELECT FROM slots WHERE slots.recovery_id = asked.id)
),
free AS (
  SELECT n, row_number() OVER (ORDER BY n) AS place FROM (
    SELECT n FROM slots WHERE recovery_id IS NULL ORDER BY n LIMIT (SELECT count(*) FROM wanting) FOR UPDATE SKIP LOCKED
  ) unheld
),
slot AS (
  UPDATE slots SET recovery_id = wanting.id FROM free JOIN wanting USING (place) WHERE slots.n = free.n RETURNING 1
),
claimed AS (
  INSERT INTO claims AS c (service, recovery_id)
  SELECT service, id FROM asked, jsonb_array_elements_text(claims) AS service ORDER BY service COLLATE "C"
  ON CONFLICT (service) DO UPDATE SET recovery_id = c.recovery_id WHERE c.recovery_id = excluded.recovery_id
  RETURNING 1
),
used AS (
  UPDATE approvals SET state = 'consumed' FROM asked
  WHERE approvals.id = uses AND approvals.digest = uses_digest AND approvals.recovery_id = asked.id
    AND state = 'approved' AND use_before > now() RETURNING 1
)
SELECT id, version, revision, cancel_by,
  CASE WHEN (SELECT count(*) FROM held) < (SELECT count(*) FROM asked) THEN refuse('lost')
       WHEN (SELECT count(*) FROM slot) < (SELECT count(*) FROM wanting)
         OR (SELECT count(*) FROM claimed) < (SELECT sum(jsonb_array_length(claims)) FROM asked) THEN refuse('busy')
       WHEN (SELECT count(*) FROM used) < (SELECT count(uses) FROM asked) THEN refuse('unapproved') END
FROM (SELECT 1) always LEFT JOIN held ON true`,
};

/** Stores a request as a recovery, or refuses with `active`: the service has one already, or it was made for this very request. */
export const CREATE: Statement = {
  name: 'create',
  text: `WITH d AS (
  SELECT * FROM jsonb_to_record($1::jsonb) AS d(service text, state text, plan jsonb, plan_digest text, plan_key text, template_id text,
    parameters jsonb, risk_score float8, status text, request_digest text, incident_id int, requested_by text, reason text,
    origin jsonb, priority int, constitution text, claims jsonb, needs jsonb, retry jsonb, timeout_ms int, unverified boolean,
    retry_of int, pool text, wake_in_ms int, approval jsonb, steps jsonb, events jsonb, effects jsonb)
),
plan AS (
  INSERT INTO plans (key, incident_id, template_id, parameters, status, risk_score, digest, body)
  SELECT plan_key, incident_id, (SELECT t.id FROM templates t WHERE t.name = d.template_id), parameters, status, risk_score,
    plan_digest, plan FROM d
  ON CONFLICT (key) DO UPDATE SET parameters = excluded.parameters, risk_score = excluded.risk_score,
    digest = excluded.digest, body = excluded.body
  RETURNING id
),
made AS (
  INSERT INTO recoveries (service, state, plan_id, plan_digest, request_digest, incident_id, requested_by, reason, origin,
    priority, constitution, claims, needs, retry, timeout_ms, unverified, retry_of, pool, wake_at, approval_id, version)
  SELECT d.service, d.state, plan.id, d.plan_digest, d.request_digest, d.incident_id, d.requested_by, d.reason, d.origin,
    d.priority, d.constitution, ARRAY(SELECT jsonb_array_elements_text(d.claims)),
    ARRAY(SELECT jsonb_array_elements_text(d.needs)), d.retry, d.timeout_ms, d.unverified,
    d.retry_of, d.pool, now() + make_interval(secs => d.wake_in_ms / 1000.0), d.approval->>'id', 1
  FROM d, plan
  ON CONFLICT DO NOTHING RETURNING id, plan_id, created_at, wake_at
),
stepped AS (
  INSERT INTO steps (recovery_id, position, definition)
  SELECT made.id, (step.place - 1)::smallint, step.definition
  FROM made, d, jsonb_array_elements(d.steps) WITH ORDINALITY AS step(definition, place)
),
asked AS (
  INSERT INTO approvals (id, recovery_id, step, digest, need, role, including, requested_by, expires_at)
  SELECT a.id, made.id, a.step, a.digest, a.need, a.role, a.including, d.requested_by,
    now() + make_interval(secs => a.expires_in_ms / 1000.0)
  FROM made, d, jsonb_to_record(d.approval) AS a(id text, step int, digest text, need int, role text, including text, expires_in_ms int)
  WHERE d.approval IS NOT NULL AND jsonb_typeof(d.approval) = 'object'
),
told AS (
  INSERT INTO events (xid, recovery_id, kind, actor, data, constitution)
  SELECT ${LOG_XID}, made.id, e.kind, e.actor, e.data, d.constitution
  FROM made, d, jsonb_to_recordset(d.events) AS e(kind text, actor text, data jsonb)
),
sent AS (
  INSERT INTO outbox (key, kind, payload)
  SELECT o.key, o.kind, o.payload FROM made, d, jsonb_to_recordset(d.effects) AS o(key text, kind text, payload jsonb)
  ON CONFLICT (key) DO NOTHING
),
seen AS (
  UPDATE incidents SET recovery_id = made.id, version = version + 1 FROM made, d
  WHERE incidents.id = d.incident_id OR incidents.service = d.service AND incidents.state <> 'resolved')
SELECT made.id, made.created_at, made.wake_at, CASE WHEN made.id IS NULL THEN refuse('active') END
FROM (SELECT 1) always LEFT JOIN made ON true`,
};

/** Woken, in one of the worker's pools, not in its hands, and in nobody else's who lives. */
const MAY_BE_TAKEN = `r.wake_at <= now() AND r.pool = ANY($1) AND ($8::text[] IS NULL OR r.needs <@ $8) AND NOT r.id = ANY($5)
    AND (r.owner IS NULL OR r.owner = $6 OR r.owner NOT IN (SELECT id FROM alive))`;

const UNCLAIMED = 'NOT EXISTS (SELECT FROM claims c WHERE c.service = ANY(r.claims) AND c.recovery_id <> r.id)';

/** A recovery with its plan and steps in one row. */
export const SNAPSHOT = `SELECT r.*, p.body AS plan,
  (SELECT json_agg(s ORDER BY s.position) FROM steps s WHERE s.recovery_id = r.id) AS steps
FROM recoveries r JOIN plans p ON p.id = r.plan_id`;

/**
 * What this worker may take: `$1` its pools, `$2` workers of this host that are proven dead, `$3` lease in milliseconds,
 * `$4` how many, `$5` recoveries that it has in hand, `$6` its id: what it owns and does not have in hand fell from it,
 * `$7` how many may hold a slot, `$8` the actions that it has. A lease counts from the later of the last beat and the start of
 * Postgres, so that an outage of the store itself makes nobody look dead.
 *
 * Those that hold a slot (left by a dead worker) or need none (an approval that expires) come first; of the others no
 * more are given than there are free slots, so that a lower priority never wins a race for the last one. Each part reads
 * an index in the order of the queue and stops when it has enough, however long the queue is.
 */
export const DUE: Statement = {
  name: 'due',
  text: `WITH alive AS MATERIALIZED (
  SELECT id FROM workers
  WHERE left_at IS NULL AND NOT id = ANY($2)
    AND greatest(beat_at, pg_postmaster_start_time()) > now() - make_interval(secs => $3 / 1000.0)
),
free AS MATERIALIZED (
  SELECT least(count(*) FILTER (WHERE recovery_id IS NULL), $7::int - count(recovery_id)) AS slots FROM slots
),
held AS MATERIALIZED (
  SELECT r.id, r.priority FROM recoveries r
  WHERE r.state IN ('AWAITING_APPROVAL','IN_PROGRESS','ROLLING_BACK') AND ${MAY_BE_TAKEN}
    AND (r.state = 'AWAITING_APPROVAL' OR EXISTS (SELECT FROM slots WHERE slots.recovery_id = r.id))
  ORDER BY r.priority, r.id LIMIT $4
),
resumed AS MATERIALIZED (
  SELECT r.id, r.priority FROM recoveries r
  WHERE r.state IN ('AWAITING_APPROVAL','IN_PROGRESS','ROLLING_BACK') AND r.state <> 'AWAITING_APPROVAL' AND ${MAY_BE_TAKEN}
    AND NOT EXISTS (SELECT FROM slots WHERE slots.recovery_id = r.id) AND ${UNCLAIMED}
  ORDER BY r.priority, r.id LIMIT $4
),
queued AS MATERIALIZED (
  SELECT r.id, r.priority FROM recoveries r
  WHERE r.state = 'SCHEDULED' AND ${MAY_BE_TAKEN} AND ${UNCLAIMED}
  ORDER BY r.priority, r.id LIMIT $4
),
offered AS MATERIALIZED (
  SELECT id, priority FROM held
  UNION ALL
  SELECT id, priority FROM (
    SELECT *, row_number() OVER (ORDER BY priority, id) AS place FROM (SELECT * FROM resumed UNION ALL SELECT * FROM queued) w
  ) placed, free WHERE place <= free.slots
)
SELECT r.*, p.body AS plan, row_to_json(w) AS previous,
  (SELECT json_agg(s ORDER BY s.position) FROM steps s WHERE s.recovery_id = r.id) AS steps
FROM (SELECT * FROM offered ORDER BY priority, id LIMIT $4) o
JOIN recoveries r USING (id) JOIN plans p ON p.id = r.plan_id LEFT JOIN workers w ON w.id = r.owner
ORDER BY r.priority, r.id`,
};
