import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A list of recoveries asks which escalation each one is a reason of: not by reading all reasons there ever were. */
export class ReasonsOfRecovery1764000038000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX reasons_of_recovery ON escalation_reasons (recovery_id, escalation_id) WHERE recovery_id IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX reasons_of_recovery');
  }
}
