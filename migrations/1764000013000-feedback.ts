import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people say of recoveries: one vote a person, and notes. A note that was taken back keeps its number, without words. */
export class Feedback1764000013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX recoveries_retried');
    await runner.query('DROP TABLE notes, ratings');
  }
}

const UP = [
  `CREATE TABLE ratings (
    recovery_id integer NOT NULL REFERENCES recoveries(id),
    person      text NOT NULL,
    helped      boolean NOT NULL,
    via         text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (recovery_id, person)
  )`,
  `CREATE TABLE notes (
    recovery_id integer NOT NULL REFERENCES recoveries(id),
    number      integer NOT NULL,
    author      text NOT NULL,
    text        text,
    via         text NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    removed_by  text,
    removed_at  timestamptz,
    PRIMARY KEY (recovery_id, number)
  )`,
  'CREATE INDEX recoveries_retried ON recoveries (retry_of) WHERE retry_of IS NOT NULL',
];
