import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Recoveries and everything that one commit of the engine touches. */
export class Core1764000000000 implements MigrationInterface {
  name = 'Core1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  // Names this installation where several share a machine.
  `CREATE TABLE installation (id text PRIMARY KEY)`,
  `INSERT INTO installation VALUES (substr(md5(random()::text || clock_timestamp()::text), 1, 12))`,
  `CREATE TABLE plans (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id   text,
    template_id   text,
    parameters    jsonb NOT NULL DEFAULT '{}',
    status        text NOT NULL DEFAULT 'pending',
    risk_score    double precision NOT NULL,
    digest        text NOT NULL,
    body          jsonb NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE recoveries (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service         text NOT NULL,
    state           text NOT NULL CHECK (state IN ('SCHEDULED','AWAITING_APPROVAL','IN_PROGRESS','AWAITING_MANUAL',
                      'ROLLING_BACK','SUCCEEDED','FAILED','ROLLED_BACK','CANCELLED')),
    plan_id         integer NOT NULL REFERENCES plans(id),
    plan_digest     text NOT NULL,
    request_digest  text NOT NULL,
    incident_id     integer,
    requested_by    text NOT NULL,
    reason          text NOT NULL,
    origin          jsonb NOT NULL,
    priority        smallint NOT NULL CHECK (priority BETWEEN 1 AND 10),
    constitution    text NOT NULL,
    claims          text[] NOT NULL,
    retry           jsonb NOT NULL,
    timeout_ms      integer NOT NULL,
    unverified      boolean NOT NULL,
    retry_of        integer,
    created_at      timestamptz NOT NULL DEFAULT now(),
    pool            text NOT NULL,
    epoch           integer NOT NULL DEFAULT 0,
    revision        integer NOT NULL DEFAULT 0,
    version         integer NOT NULL DEFAULT 0,
    owner           text,
    wake_at         timestamptz,
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    active_ms       bigint NOT NULL DEFAULT 0,
    active_since    timestamptz,
    approval_id     text,
    cancel_by       text,
    outcome         jsonb,
    started_at      timestamptz,
    ended_at        timestamptz
  ) WITH (fillfactor = 70)`,
  `CREATE UNIQUE INDEX one_active_recovery_a_service ON recoveries (service)
    WHERE state IN ('SCHEDULED','AWAITING_APPROVAL','IN_PROGRESS','AWAITING_MANUAL','ROLLING_BACK')`,
  `CREATE INDEX recoveries_queued ON recoveries (priority, id) WHERE state = 'SCHEDULED'`,
  `CREATE INDEX recoveries_begun ON recoveries (priority, id)
    WHERE state IN ('AWAITING_APPROVAL','IN_PROGRESS','ROLLING_BACK')`,
  `CREATE INDEX recoveries_of_service ON recoveries (service, id DESC)`,
  // Steps, claims and slots are written in one statement with their recovery, and recoveries are never deleted: a foreign
  // key could only be checked again for each row of each commit.
  `CREATE TABLE steps (
    recovery_id     integer NOT NULL,
    position        smallint NOT NULL,
    definition      jsonb NOT NULL,
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending','running','succeeded','failed','skipped',
                      'unknown','cancelled')),
    attempts        integer NOT NULL DEFAULT 0,
    started_at      timestamptz,
    ended_at        timestamptz,
    next_attempt_at timestamptz,
    before          jsonb,
    result          jsonb,
    error           jsonb,
    approval_id     text,
    interruptions   smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (recovery_id, position)
  ) WITH (fillfactor = 60)`,
  `CREATE TABLE claims (
    service     text PRIMARY KEY,
    recovery_id integer NOT NULL
  )`,
  `CREATE INDEX claims_of_recovery ON claims (recovery_id)`,
  `CREATE TABLE slots (
    n           integer PRIMARY KEY,
    recovery_id integer UNIQUE
  )`,
  `CREATE TABLE workers (
    id         text PRIMARY KEY,
    host       text NOT NULL,
    pid        integer NOT NULL,
    started_at text NOT NULL,
    pools      text[] NOT NULL,
    version    text NOT NULL,
    beat_at    timestamptz NOT NULL DEFAULT now(),
    left_at    timestamptz
  )`,
  `CREATE TABLE events (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
    recovery_id  integer,
    kind         text NOT NULL,
    actor        text NOT NULL,
    data         jsonb NOT NULL,
    constitution text
  ) PARTITION BY RANGE (at)`,
  // Ids only grow, so a block range index finds one of them; a tree would be written with every step.
  `CREATE INDEX events_by_id ON events USING brin (id)`,
  `CREATE INDEX events_in_commit_order ON events (xid, id)`,
  `CREATE INDEX events_of_recovery ON events (recovery_id, id)`,
  `CREATE TABLE events_default PARTITION OF events DEFAULT`,
  `CREATE FUNCTION create_month_partition(parent text, month date) RETURNS boolean LANGUAGE plpgsql AS $$
    DECLARE
      first date := date_trunc('month', month);
      child text := format('%s_%s', parent, to_char(first, 'YYYY_MM'));
    BEGIN
      IF to_regclass(child) IS NOT NULL THEN RETURN false; END IF;
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent, first, first + interval '1 month');
      RETURN true;
    END $$`,
  `CREATE FUNCTION refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING ERRCODE = 'RV001', MESSAGE = why; END $$`,
  `SELECT create_month_partition('events', (date_trunc('month', now()) + make_interval(months => n))::date) FROM generate_series(0, 3) n`,
  `CREATE TABLE approvals (
    id           text PRIMARY KEY,
    recovery_id  integer NOT NULL REFERENCES recoveries(id) ON DELETE CASCADE,
    step         smallint,
    digest       text NOT NULL,
    need         smallint NOT NULL,
    role         text NOT NULL,
    including    text,
    requested_by text NOT NULL,
    state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending','approved','consumed','rejected','expired','superseded')),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    decided_at   timestamptz,
    use_before   timestamptz
  )`,
  `CREATE UNIQUE INDEX one_open_approval_a_recovery ON approvals (recovery_id) WHERE state = 'pending'`,
  `CREATE INDEX approvals_of_recovery ON approvals (recovery_id)`,
  `CREATE TABLE decisions (
    approval_id text NOT NULL REFERENCES approvals(id) ON DELETE CASCADE,
    principal   text NOT NULL,
    roles       text[] NOT NULL,
    verdict     text NOT NULL CHECK (verdict IN ('approve', 'reject')),
    via         text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (approval_id, principal)
  )`,
  `CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text NOT NULL UNIQUE,
    kind       text NOT NULL,
    payload    jsonb NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT now(),
    done_at    timestamptz,
    error      text,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX outbox_due ON outbox (next_at) WHERE done_at IS NULL`,
  `CREATE TABLE incidents (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service         text NOT NULL,
    fingerprint     text NOT NULL,
    title           text NOT NULL,
    detail          text NOT NULL,
    severity        double precision NOT NULL,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open','acknowledged','resolved')),
    count           integer NOT NULL DEFAULT 1,
    version         integer NOT NULL DEFAULT 0,
    acknowledged_by text,
    recovery_id     integer,
    started_at      timestamptz NOT NULL DEFAULT now(),
    resolved_at     timestamptz
  )`,
  `CREATE UNIQUE INDEX one_open_incident ON incidents (fingerprint) WHERE state <> 'resolved'`,
  `CREATE TABLE service_health (
    service              text PRIMARY KEY,
    status               text NOT NULL,
    detail               text NOT NULL,
    consecutive_failures integer NOT NULL,
    since                timestamptz NOT NULL,
    checked_at           timestamptz NOT NULL
  )`,
];

const DOWN = [
  'DROP TABLE service_health, incidents, outbox, decisions, approvals, claims, slots, workers, steps CASCADE',
  'DROP TABLE events CASCADE',
  'DROP FUNCTION create_month_partition, refuse',
  'DROP TABLE recoveries',
  'DROP TABLE plans',
  'DROP TABLE installation',
];
