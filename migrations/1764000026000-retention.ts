import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  /* What removes ended recoveries and old messages asks by these; without them each row would be a walk through a table. */
  `CREATE INDEX recoveries_of_plan ON recoveries (plan_id)`,
  `CREATE INDEX console_messages_of_thread ON console_messages (thread) WHERE thread IS NOT NULL`,
  /* Whatever belongs to a recovery goes with it, also where its table was made without saying so. */
  `DO $$
    DECLARE found record;
    BEGIN
      FOR found IN
        SELECT conname, conrelid::regclass AS of_table, pg_get_constraintdef(oid) AS definition FROM pg_constraint
        WHERE contype = 'f' AND confrelid = 'recoveries'::regclass AND confdeltype = 'a'
      LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s ON DELETE CASCADE',
          found.of_table, found.conname, found.conname, found.definition);
      END LOOP;
    END $$`,
  /* What the care of partitions has done, over all processes and restarts; metrics are made from it. */
  `CREATE TABLE partition_care (
    one                 boolean PRIMARY KEY DEFAULT true CHECK (one),
    last_success_at     timestamptz,
    creation_success_at timestamptz,
    last_error_at       timestamptz,
    created             bigint NOT NULL DEFAULT 0,
    dropped             bigint NOT NULL DEFAULT 0,
    errors              bigint NOT NULL DEFAULT 0
  )`,
  `INSERT INTO partition_care DEFAULT VALUES`,
  /* Turns of a job that failed, since ever. */
  `ALTER TABLE housekeeping ADD COLUMN failures bigint NOT NULL DEFAULT 0`,
];

/** Old rows can be removed quickly, and what was done about partitions is known. */
export class Retention1764000026000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE housekeeping DROP COLUMN failures');
    await runner.query('DROP TABLE partition_care');
    await runner.query('DROP INDEX console_messages_of_thread, recoveries_of_plan');
  }
}
