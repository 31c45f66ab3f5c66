import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A drill proves its plan as a recovery does, and says that it was one. It is no outcome to rank plans by: nobody knows
 * how long people would have needed to begin, and one that was aborted says nothing about its plan.
 */
export class Drills1764000030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(prove(`CASE WHEN p.body ? 'drill' THEN 'drill' ELSE 'recovery' END`));
    await runner.query(keep(` AND NOT p.body ? 'drill'`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(prove(`'recovery'`));
    await runner.query(keep(''));
  }
}

const prove = (by: string) => `CREATE OR REPLACE FUNCTION prove_plan() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO proven (service, kind, name, at, recovery_id, by)
      SELECT NEW.service, p.body->>'kind', p.body->>'name', coalesce(NEW.ended_at, now()), NEW.id, ${by}
      FROM plans p WHERE p.id = NEW.plan_id
      ON CONFLICT (service, kind, name) DO UPDATE
        SET at = excluded.at, recovery_id = excluded.recovery_id, by = excluded.by WHERE proven.at <= excluded.at;
      RETURN NULL;
    END $$`;

/** As 1764000028000 has it: notes are part of what the incident was. */
const NOTES = `(SELECT string_agg(n.text, E'\\n' ORDER BY n.number) FROM notes n WHERE n.recovery_id = NEW.id AND n.text IS NOT NULL)`;

const keep = (unless: string) => `CREATE OR REPLACE FUNCTION keep_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO knowledge (kind, source, service, plan, body, recovery_id, succeeded, active_ms, at)
      SELECT 'outcome', 'R-' || NEW.id, NEW.service, (p.body->>'kind') || ':' || (p.body->>'name'),
        concat_ws(E'\\n', coalesce(p.body->>'about', p.body->'incident'->>'title', ''), ${NOTES}), NEW.id, NEW.state = 'SUCCEEDED', NEW.active_ms,
        coalesce(NEW.ended_at, now())
      FROM plans p WHERE p.id = NEW.plan_id${unless}
      ON CONFLICT (source) DO UPDATE SET succeeded = excluded.succeeded, active_ms = excluded.active_ms, at = excluded.at;
      RETURN NULL;
    END $$`;
