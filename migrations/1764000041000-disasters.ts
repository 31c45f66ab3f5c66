import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What `reviver disaster` brought back, a row each, so that the history has it beside the recoveries. */
export class Disasters1764000041000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE disasters (
      id text PRIMARY KEY,
      lost text NOT NULL,
      state text NOT NULL,
      ended_by text NOT NULL,
      ended_at timestamptz NOT NULL,
      rto_ms bigint,
      rpo_ms bigint
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE disasters');
  }
}
