import type { MigrationInterface, QueryRunner } from 'typeorm';

const ABOUT = `coalesce(p.body->>'about', p.body->'incident'->>'title', '')`;
const NOTES = (id: string) =>
  `(SELECT string_agg(n.text, E'\\n' ORDER BY n.number) FROM notes n WHERE n.recovery_id = ${id} AND n.text IS NOT NULL)`;

const UP = [
  // The words of it that stand in `knowledge_terms`: what is read anew counts by the difference alone.
  'ALTER TABLE knowledge ADD counted text[]',
  'UPDATE knowledge SET counted = lexemes',
  'CREATE INDEX knowledge_of_recovery ON knowledge (recovery_id) WHERE recovery_id IS NOT NULL',
  // What people write of a recovery says what its incident was like. What follows its end is read again.
  `CREATE FUNCTION heed_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE knowledge k SET lexemes = NULL, body = concat_ws(E'\\n', ${ABOUT}, ${NOTES('NEW.recovery_id')})
      FROM recoveries r JOIN plans p ON p.id = r.plan_id
      WHERE k.recovery_id = NEW.recovery_id AND k.kind = 'outcome' AND r.id = NEW.recovery_id;
      RETURN NULL;
    END $$`,
  'CREATE TRIGGER heed_note AFTER INSERT OR UPDATE OF text ON notes FOR EACH ROW EXECUTE FUNCTION heed_note()',
  keepOutcome(`concat_ws(E'\\n', ${ABOUT}, ${NOTES('NEW.id')})`),
];

const DOWN = [
  'DROP TRIGGER heed_note ON notes',
  'DROP FUNCTION heed_note',
  keepOutcome(ABOUT),
  'DROP INDEX knowledge_of_recovery',
  'ALTER TABLE knowledge DROP counted',
];

/** As 1764000011000 made it, with another body. */
function keepOutcome(body: string): string {
  return `CREATE OR REPLACE FUNCTION keep_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO knowledge (kind, source, service, plan, body, recovery_id, succeeded, active_ms, at)
      SELECT 'outcome', 'R-' || NEW.id, NEW.service, (p.body->>'kind') || ':' || (p.body->>'name'),
        ${body}, NEW.id, NEW.state = 'SUCCEEDED', NEW.active_ms,
        coalesce(NEW.ended_at, now())
      FROM plans p WHERE p.id = NEW.plan_id
      ON CONFLICT (source) DO UPDATE SET succeeded = excluded.succeeded, active_ms = excluded.active_ms, at = excluded.at;
      RETURN NULL;
    END $$`;
}

/** Notes of people become part of what is known of an incident; see docs/planning.md. */
export class NotesKnown1764000028000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
