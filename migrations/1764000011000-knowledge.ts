import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was tried before, and what is written about it: see docs/planning.md. */
export class Knowledge1764000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  // An outcome has a recovery. `plan` is kind:name. `lexemes` is null until it was read; then it is found by its words.
  `CREATE TABLE knowledge (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('outcome', 'note', 'postmortem', 'document')),
    source      text NOT NULL UNIQUE,
    checksum    text,
    service     text,
    plan        text,
    body        text NOT NULL,
    lexemes     text[],
    recovery_id integer,
    succeeded   boolean,
    active_ms   bigint,
    at          timestamptz NOT NULL
  )`,
  `CREATE INDEX knowledge_of_service ON knowledge (service, id DESC) WHERE kind = 'outcome'`,
  `CREATE INDEX knowledge_unread ON knowledge (id) WHERE lexemes IS NULL`,
  `CREATE INDEX knowledge_written ON knowledge (kind) WHERE kind <> 'outcome'`,
  // One row a word and plan, so that a question costs its words times the plans, however many incidents there are.
  // 'written': in how many lines of the plan's documents; 'entries': in how many outcomes; 'recent': the latest of these.
  `CREATE TABLE knowledge_terms (
    lexeme  text NOT NULL,
    plan    text NOT NULL,
    written real NOT NULL DEFAULT 0,
    entries integer NOT NULL DEFAULT 0,
    recent  integer[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (lexeme, plan)
  ) WITH (fillfactor = 70)`,
  `CREATE INDEX knowledge_terms_written ON knowledge_terms (plan) WHERE written > 0`,
  // What was mistyped is looked for among the words of documents alone.
  `CREATE TABLE knowledge_words (lexeme text PRIMARY KEY)`,
  `CREATE INDEX knowledge_words_first ON knowledge_words (left(lexeme, 1))`,
  // A database whose owner may not have pg_trgm does without: a mistyped word is then an unknown one.
  `DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX knowledge_words_alike ON knowledge_words USING gin (lexeme gin_trgm_ops);
  EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm cannot be had: %', SQLERRM;
  END $$`,
  // In the transaction that ends a recovery, whoever ends it; an undo of it makes it one that did not help.
  `CREATE FUNCTION keep_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO knowledge (kind, source, service, plan, body, recovery_id, succeeded, active_ms, at)
      SELECT 'outcome', 'R-' || NEW.id, NEW.service, (p.body->>'kind') || ':' || (p.body->>'name'),
        coalesce(p.body->>'about', p.body->'incident'->>'title', ''), NEW.id, NEW.state = 'SUCCEEDED', NEW.active_ms,
        coalesce(NEW.ended_at, now())
      FROM plans p WHERE p.id = NEW.plan_id
      ON CONFLICT (source) DO UPDATE SET succeeded = excluded.succeeded, active_ms = excluded.active_ms, at = excluded.at;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER keep_outcome AFTER UPDATE OF state ON recoveries FOR EACH ROW
    WHEN (NEW.state IN ('SUCCEEDED', 'FAILED', 'ROLLED_BACK') AND NEW.state IS DISTINCT FROM OLD.state)
    EXECUTE FUNCTION keep_outcome()`,
  `INSERT INTO knowledge (kind, source, service, plan, body, recovery_id, succeeded, active_ms, at)
    SELECT 'outcome', 'R-' || r.id, r.service, (p.body->>'kind') || ':' || (p.body->>'name'),
      coalesce(p.body->'incident'->>'title', ''), r.id, r.state = 'SUCCEEDED', r.active_ms, coalesce(r.ended_at, r.created_at)
    FROM recoveries r JOIN plans p ON p.id = r.plan_id
    WHERE r.state IN ('SUCCEEDED', 'FAILED', 'ROLLED_BACK') ORDER BY r.id`,
];

const DOWN = [
  'DROP TRIGGER keep_outcome ON recoveries',
  'DROP FUNCTION keep_outcome',
  'DROP TABLE knowledge_words, knowledge_terms, knowledge',
  // Unless something else uses it.
  `DO $$ BEGIN DROP EXTENSION IF EXISTS pg_trgm; EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $$`,
];
