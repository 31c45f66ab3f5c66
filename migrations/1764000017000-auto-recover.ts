import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far a service's `auto_recover` is trusted, and what was decided about an incident. */
export class AutoRecover1764000017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE auto_recover (
      service  text PRIMARY KEY,
      stage    text NOT NULL CHECK (stage IN ('shadow','live')),
      verified integer NOT NULL,
      seen     integer NOT NULL,
      why      text NOT NULL,
      since    timestamptz NOT NULL DEFAULT now()
    )`);
    await runner.query('ALTER TABLE incidents ADD auto jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE incidents DROP auto');
    await runner.query('DROP TABLE auto_recover');
  }
}
