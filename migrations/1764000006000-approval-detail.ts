import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a step's question is about and became known only right before it: lines for people, facts of its digest. */
export class ApprovalDetail1764000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE approvals ADD detail jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE approvals DROP detail');
  }
}
