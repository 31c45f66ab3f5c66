import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How recoveries of a service are retried, where somebody set it: it goes before the configuration. */
export class RecoveryPolicies1764000034000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE recovery_policies (
      service text PRIMARY KEY,
      policy  jsonb NOT NULL,
      version integer NOT NULL CHECK (version > 0),
      set_by  text NOT NULL,
      set_at  timestamptz NOT NULL DEFAULT now(),
      CHECK ((policy->>'maxRetryAttempts')::int >= 1),
      CHECK ((policy->>'backoffMultiplier')::float8 >= 1),
      CHECK ((policy->>'initialDelayMs')::float8 >= 0),
      CHECK ((policy->>'maxDelayMs')::float8 >= (policy->>'initialDelayMs')::float8)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE recovery_policies');
  }
}
