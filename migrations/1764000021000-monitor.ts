import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE service_health ADD consecutive_successes integer NOT NULL DEFAULT 0,
    ADD falls timestamptz[] NOT NULL DEFAULT '{}', ADD flapping boolean NOT NULL DEFAULT false, ADD caused_by text`,
  /* From when on a service counts as what; the last row of a service holds until now. */
  `CREATE TABLE health_log (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    status  text NOT NULL CHECK (status IN ('healthy','unhealthy','unknown','maintenance')),
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  `CREATE INDEX health_log_of_service ON health_log (service, id)`,
  /* When somebody watched: what is not in here is not known, whatever the log says. */
  `CREATE TABLE health_watch (
    id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    until timestamptz NOT NULL DEFAULT clock_timestamp()
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE maintenance (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service  text NOT NULL,
    since    timestamptz NOT NULL DEFAULT now(),
    until    timestamptz NOT NULL,
    reason   text NOT NULL,
    by       text NOT NULL,
    ended_at timestamptz,
    ended_by text
  )`,
  `CREATE INDEX maintenance_open ON maintenance (service) WHERE ended_at IS NULL`,
];

const DOWN = [
  'DROP TABLE maintenance, health_watch, health_log',
  'ALTER TABLE service_health DROP caused_by, DROP flapping, DROP falls, DROP consecutive_successes',
];

/** What the health monitor remembers: how long services were well, and when nobody wants to be told. */
export class Monitor1764000021000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
