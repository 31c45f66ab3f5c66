import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  /*
   * Routine care, one row a job. Due: next_at is over and nobody has a lease. Each taker raises `epoch`, and a write with
   * an older one changes nothing. `tries` counts the turns of one occasion, also those that died with their process.
   */
  `CREATE TABLE housekeeping (
    name            text PRIMARY KEY,
    cron            text NOT NULL,
    time_zone       text NOT NULL,
    next_at         timestamptz NOT NULL,
    epoch           bigint NOT NULL DEFAULT 0,
    tries           integer NOT NULL DEFAULT 0,
    running_by      text,
    began_at        timestamptz,
    lease_until     timestamptz,
    last_outcome    text CHECK (last_outcome IN ('succeeded', 'failed', 'interrupted')),
    last_at         timestamptz,
    last_ms         bigint,
    last_detail     text,
    last_success_at timestamptz,
    result          jsonb
  ) WITH (fillfactor = 50)`,
];

const DOWN = ['DROP TABLE housekeeping'];

/** When routine care is due, who does it, and how it ended. */
export class Housekeeping1764000023000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
