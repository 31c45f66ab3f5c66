import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  /* Actions that a recovery's plan may come to use, and those that a worker has; null: a worker too old to say so. */
  `ALTER TABLE recoveries ADD needs text[] NOT NULL DEFAULT '{}'`,
  `ALTER TABLE workers ADD abilities text[]`,
];

const DOWN = ['ALTER TABLE workers DROP abilities', 'ALTER TABLE recoveries DROP needs'];

/** So that a worker of another version leaves alone what it would do wrong. */
export class Abilities1764000009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
