import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  /* An input is stored before its platform is answered; `payload` is there until it was handled. */
  `ALTER TABLE chat_inputs ADD payload jsonb, ADD lease_until timestamptz NOT NULL DEFAULT '-infinity'`,
  `CREATE INDEX chat_inputs_unhandled ON chat_inputs (platform, lease_until) WHERE payload IS NOT NULL`,

  /* The input that a recovery was made for: handled again after a crash, it makes no second one. */
  `ALTER TABLE recoveries ADD request text GENERATED ALWAYS AS ((origin->>'platform') || ':' || (origin->>'request')) STORED`,
  `CREATE UNIQUE INDEX one_recovery_a_request ON recoveries (request) WHERE request IS NOT NULL`,

  /* Roles that a group of a platform gave the voter: the configuration does not list them. */
  `ALTER TABLE decisions ADD by_group text[] NOT NULL DEFAULT '{}'`,

  /* What a platform remembers, such as where a chat has moved. */
  `CREATE TABLE chat_memory (
    platform text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, key)
  )`,
  /* Whether a message is one of ours is asked at each decision. */
  `CREATE INDEX chat_views_message ON chat_views (platform, channel, message) WHERE message IS NOT NULL`,
];

const DOWN = [
  'DROP INDEX chat_views_message',
  'DROP TABLE chat_memory',
  'ALTER TABLE decisions DROP by_group',
  'DROP INDEX one_recovery_a_request',
  'ALTER TABLE recoveries DROP request',
  'DROP INDEX chat_inputs_unhandled',
  'ALTER TABLE chat_inputs DROP payload, DROP lease_until',
];

/** What chat needs to lose nothing between a person's act and what follows from it. */
export class ChatIntake1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
