import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By this key the processes of an installation know each other's messages in Redis; see src/jobs/seal.ts. */
export class SealKey1764000037000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Random by Postgres itself, and strong: each of them carries 122 bits.
    await runner.query(
      `ALTER TABLE installation ADD COLUMN seal_key bytea NOT NULL
       DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE installation DROP COLUMN seal_key');
  }
}
