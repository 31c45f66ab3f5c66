import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  /* Inputs that were seen: chat platforms deliver at least once. Kept for a week. */
  `CREATE TABLE chat_inputs (
    platform text NOT NULL,
    id text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, id)
  )`,
  `CREATE INDEX chat_inputs_seen_at ON chat_inputs (seen_at)`,

  /* One row a message that follows a subject. due_at: when it is drawn next; not_before: the platform's pause. */
  `CREATE TABLE chat_views (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject text NOT NULL,
    platform text NOT NULL,
    channel text NOT NULL,
    message text,
    generation int NOT NULL DEFAULT 0,
    hash text,
    wanted bigint NOT NULL DEFAULT 1,
    thread_cursor bigint NOT NULL DEFAULT 0,
    thread_pending bigint,
    marks text[] NOT NULL DEFAULT '{}',
    failures int NOT NULL DEFAULT 0,
    due_at timestamptz DEFAULT now(),
    not_before timestamptz NOT NULL DEFAULT '-infinity',
    lease bigint NOT NULL DEFAULT 0,
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (subject, platform, channel)
  )`,
  `CREATE INDEX chat_views_due ON chat_views (platform, due_at) WHERE due_at IS NOT NULL`,

  /* Messages that were posted under a key: a repeat finds them. */
  `CREATE TABLE chat_posts (
    platform text NOT NULL,
    key text NOT NULL,
    message text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, key)
  )`,
  /* The event up to which chat has followed, as xid:id. */
  `CREATE TABLE chat_cursor (one boolean PRIMARY KEY DEFAULT true CHECK (one), value text NOT NULL)`,

  /* The console platform. Versions are given in commit order, because each write holds the row of console_clock. */
  `CREATE TABLE console_clock (one boolean PRIMARY KEY DEFAULT true CHECK (one), version bigint NOT NULL)`,
  `INSERT INTO console_clock (version) VALUES (0)`,
  `CREATE TABLE console_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel text NOT NULL,
    thread bigint REFERENCES console_messages (id) ON DELETE CASCADE,
    author text NOT NULL,
    card jsonb NOT NULL,
    key text NOT NULL UNIQUE,
    version bigint NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz
  )`,
  `CREATE INDEX console_messages_channel ON console_messages (channel, id)`,
];

const TABLES = ['console_messages', 'console_clock', 'chat_cursor', 'chat_posts', 'chat_views', 'chat_inputs'];

/** What chat needs to remember, and the console's own messages. */
export class Chat1764000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}
