import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  /* Runbooks as this installation has known them: files are the truth, and a plan remembers its one by number. */
  `CREATE TABLE templates (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    description text,
    payload     jsonb NOT NULL
  )`,
  `INSERT INTO templates (name, payload) SELECT DISTINCT template_id, '{}'::jsonb FROM plans WHERE template_id IS NOT NULL`,
  `ALTER TABLE plans ADD template integer REFERENCES templates(id)`,
  `UPDATE plans SET template = (SELECT t.id FROM templates t WHERE t.name = plans.template_id) WHERE template_id IS NOT NULL`,
  `ALTER TABLE plans DROP template_id`,
  `ALTER TABLE plans RENAME template TO template_id`,

  /* The id that whoever asked for a plan knows it by; steps and asked: of one that can still be executed. */
  `ALTER TABLE plans ADD key text UNIQUE, ADD steps jsonb, ADD asked jsonb`,

  /* Each recovery that has begun, as the planner document's Execution. */
  `CREATE VIEW executions AS
  SELECT r.id, r.plan_id, r.started_at AS start_ts, r.ended_at AS end_ts,
    CASE WHEN r.ended_at IS NOT NULL
      THEN jsonb_build_object('success', r.state = 'SUCCEEDED', 'state', r.state, 'outcome', r.outcome) END AS result,
    (SELECT string_agg(CASE WHEN s.state <> 'succeeded' THEN initcap(s.state) WHEN s.definition->>'kind' = 'undo' THEN 'Undone' ELSE 'Executed' END || ': '
        || coalesce(p.body->'lines'->>coalesce((s.definition->>'undoes')::int, s.position), s.definition->>'name'), E'\\n' ORDER BY s.position)
      FROM steps s WHERE s.recovery_id = r.id AND s.state <> 'pending') AS logs
  FROM recoveries r JOIN plans p ON p.id = r.plan_id WHERE r.started_at IS NOT NULL`,
];

const DOWN = [
  'DROP VIEW executions',
  'DELETE FROM plans WHERE steps IS NOT NULL AND NOT EXISTS (SELECT FROM recoveries r WHERE r.plan_id = plans.id)',
  'ALTER TABLE plans DROP key, DROP steps, DROP asked',
  'ALTER TABLE plans ADD template text',
  'UPDATE plans SET template = (SELECT t.name FROM templates t WHERE t.id = plans.template_id)',
  'ALTER TABLE plans DROP template_id',
  'ALTER TABLE plans RENAME template TO template_id',
  'DROP TABLE templates',
];

/** The planner document's Template, Plan and Execution: tables and a view over the one truth, under their names. */
export class TemplatesPlansExecutions1764000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
