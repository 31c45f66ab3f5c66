import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  /* Circuit breakers. `revision` is what a write compares; `body` is the whole of it, `state` and `since` are for questions. */
  `CREATE TABLE breakers (
    service  text PRIMARY KEY,
    revision integer NOT NULL,
    state    text NOT NULL CHECK (state IN ('closed', 'open', 'half_open')),
    since    timestamptz,
    body     jsonb NOT NULL
  ) WITH (fillfactor = 50)`,
];

const DOWN = ['DROP TABLE breakers'];

/** Circuit breakers that all processes share. */
export class Breakers1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
