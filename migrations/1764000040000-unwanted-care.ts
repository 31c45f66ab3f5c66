import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A job of routine care that was turned off keeps what it did, and no alert waits for it any more. */
export class UnwantedCare1764000040000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE housekeeping ADD wanted boolean NOT NULL DEFAULT true');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE housekeeping DROP wanted');
  }
}
