import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers to requests with an `Idempotency-Key`, until they expire: the same request again gets the same answer. */
export class KeptAnswers1764000034100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE kept_answers (
      owner      text NOT NULL,
      key        text NOT NULL,
      request    text NOT NULL,
      answer     jsonb,
      expires_at timestamptz NOT NULL,
      PRIMARY KEY (owner, key)
    )`);
    await runner.query('CREATE INDEX kept_answers_expiry ON kept_answers (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE kept_answers');
  }
}
