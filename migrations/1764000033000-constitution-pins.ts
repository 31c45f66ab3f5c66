import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which constitutions this installation accepts; see docs/constitution.md. A row is retired, never removed. */
export class ConstitutionPins1764000033000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE constitution_pins (
        sha256     text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        hash       text NOT NULL,
        pinned_by  text NOT NULL,
        pinned_at  timestamptz NOT NULL DEFAULT now(),
        retired_by text,
        retired_at timestamptz
      )`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE constitution_pins');
  }
}
