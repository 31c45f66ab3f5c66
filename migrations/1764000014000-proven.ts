import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When each plan last brought its service back, verified by a health check. A trigger keeps it, so that it is true
 * whichever statement ends a recovery; one active recovery a service means that no two ends wait for each other here.
 */
export class Proven1764000014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER recovery_proves ON recoveries');
    await runner.query('DROP FUNCTION prove_plan');
    await runner.query('DROP TABLE proven');
  }
}

const UP = [
  // Without a recovery: something else proved it, such as a drill, which "by" names.
  `CREATE TABLE proven (
    service     text NOT NULL,
    kind        text NOT NULL,
    name        text NOT NULL,
    at          timestamptz NOT NULL,
    recovery_id integer,
    by          text NOT NULL,
    PRIMARY KEY (service, kind, name)
  )`,
  `CREATE FUNCTION prove_plan() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO proven (service, kind, name, at, recovery_id, by)
      SELECT NEW.service, p.body->>'kind', p.body->>'name', coalesce(NEW.ended_at, now()), NEW.id, 'recovery'
      FROM plans p WHERE p.id = NEW.plan_id
      ON CONFLICT (service, kind, name) DO UPDATE
        SET at = excluded.at, recovery_id = excluded.recovery_id, by = excluded.by WHERE proven.at <= excluded.at;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER recovery_proves AFTER UPDATE OF state ON recoveries FOR EACH ROW
    WHEN (NEW.state = 'SUCCEEDED' AND OLD.state <> 'SUCCEEDED' AND NOT NEW.unverified) EXECUTE FUNCTION prove_plan()`,
  `INSERT INTO proven (service, kind, name, at, recovery_id, by)
    SELECT DISTINCT ON (r.service, p.body->>'kind', p.body->>'name')
      r.service, p.body->>'kind', p.body->>'name', r.ended_at, r.id, 'recovery'
    FROM recoveries r JOIN plans p ON p.id = r.plan_id
    WHERE r.state = 'SUCCEEDED' AND NOT r.unverified AND r.ended_at IS NOT NULL
    ORDER BY r.service, p.body->>'kind', p.body->>'name', r.ended_at DESC`,
];
