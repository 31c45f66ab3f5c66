import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a step's target looked like before its first attempt: what a rollback goes back to. */
export class FirstBefore1764000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE steps ADD COLUMN first_before jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE steps DROP COLUMN first_before');
  }
}
