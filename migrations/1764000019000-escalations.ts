import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  /* One a service while it lasts. `level`: levels whose people were told. `hurry`: levels that wait for no delay. */
  `CREATE TABLE escalations (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service         text NOT NULL,
    policy          text NOT NULL,
    state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'acknowledged', 'resolved')),
    level           smallint NOT NULL DEFAULT 0,
    hurry           smallint NOT NULL DEFAULT 0,
    next_at         timestamptz,
    code            text NOT NULL,
    reason          text NOT NULL,
    recovery_id     integer,
    incident_id     integer,
    started_at      timestamptz NOT NULL DEFAULT now(),
    last_at         timestamptz NOT NULL DEFAULT now(),
    acknowledged_by text,
    acknowledged_at timestamptz,
    resolved_by     text,
    resolved_at     timestamptz
  ) WITH (fillfactor = 70)`,
  `CREATE UNIQUE INDEX one_open_escalation ON escalations (service) WHERE state <> 'resolved'`,
  `CREATE INDEX escalations_of_recovery ON escalations (recovery_id)`,
  // A reason counts once, however often the effect that brings it is sent.
  `CREATE TABLE escalation_reasons (
    key           text PRIMARY KEY,
    escalation_id integer NOT NULL REFERENCES escalations(id) ON DELETE CASCADE,
    code          text NOT NULL,
    reason        text NOT NULL,
    recovery_id   integer,
    at            timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX reasons_of_escalation ON escalation_reasons (escalation_id)`,
  // What was sent to whom; each has a row of the outbox under the same key. `failed`: people know that it did not arrive.
  `CREATE TABLE pages (
    key           text PRIMARY KEY,
    escalation_id integer NOT NULL REFERENCES escalations(id) ON DELETE CASCADE,
    level         smallint NOT NULL,
    channel       text NOT NULL,
    target        text NOT NULL,
    action        text NOT NULL CHECK (action IN ('trigger', 'acknowledge', 'resolve')),
    failed        boolean NOT NULL DEFAULT false,
    at            timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX pages_of_escalation ON pages (escalation_id)`,
  // Effects of one lane are sent in the order in which they were written, each when the one before it is done.
  'ALTER TABLE outbox ADD COLUMN lane text',
  `CREATE INDEX recoveries_that_failed ON recoveries (ended_at) WHERE state IN ('FAILED', 'ROLLED_BACK')`,
  'CREATE INDEX outbox_lanes ON outbox (lane, id) WHERE done_at IS NULL AND lane IS NOT NULL',
];

const DOWN = [
  'DROP INDEX outbox_lanes, recoveries_that_failed',
  'ALTER TABLE outbox DROP COLUMN lane',
  'DROP TABLE pages, escalation_reasons, escalations',
];

/** Who is called when a recovery needs people, level by level, until somebody looks after it. */
export class Escalations1764000019000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
