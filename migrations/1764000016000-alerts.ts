import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE incidents ALTER service DROP NOT NULL`,
  /*
   * about: what an alert of no known service says that it is about. alert: what it says itself. alerts: how many different
   * ones have come, firing: how many still fire. own: which of Reviver's own findings hold, found: what the last one says.
   */
  `ALTER TABLE incidents ADD about text, ADD alert jsonb, ADD alerts integer NOT NULL DEFAULT 0,
    ADD firing integer NOT NULL DEFAULT 0, ADD own text[] NOT NULL DEFAULT '{}', ADD found text`,
  `UPDATE incidents SET own = ARRAY[fingerprint], found = detail WHERE state <> 'resolved'`,
  `CREATE INDEX open_incidents_of_service ON incidents (service) WHERE state <> 'resolved'`,
  `CREATE INDEX incidents_of_recovery ON incidents (recovery_id)`,
  /* One row for what fires again and again: it grows with the number of different alerts alone. */
  `CREATE TABLE alerts (
    source        text NOT NULL,
    fingerprint   text NOT NULL,
    group_key     text NOT NULL,
    incident_id   integer,
    name          text NOT NULL,
    service       text,
    labels        jsonb NOT NULL,
    says          text NOT NULL,
    severity      double precision NOT NULL,
    state         text NOT NULL CHECK (state IN ('firing','resolved')),
    count         integer NOT NULL DEFAULT 1,
    starts_at     timestamptz NOT NULL,
    ends_at       timestamptz,
    end_told_at   timestamptz,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, fingerprint)
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX alerts_of_incident ON alerts (incident_id)`,
  `CREATE INDEX alerts_by_age ON alerts USING brin (last_seen_at)`,
  `CREATE TABLE silences (
    fingerprint text PRIMARY KEY,
    until       timestamptz NOT NULL,
    by          text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now()
  )`,
  /* Deliveries that say by an id of their own that they are the same: kept for longer than anybody repeats one. */
  `CREATE TABLE webhook_deliveries (
    source text NOT NULL,
    id     text NOT NULL,
    at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, id)
  )`,
];

const DOWN = [
  'DROP TABLE webhook_deliveries, silences, alerts',
  'DROP INDEX incidents_of_recovery, open_incidents_of_service',
  'ALTER TABLE incidents DROP found, DROP own, DROP firing, DROP alerts, DROP alert, DROP about',
  `UPDATE incidents SET service = '' WHERE service IS NULL`,
  'ALTER TABLE incidents ALTER service SET NOT NULL',
];

/** What other programs tell of: alerts are kept one by one, and shown as incidents. */
export class Alerts1764000016000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
