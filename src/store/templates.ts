import type { Pool } from 'pg';
import type { Runbook } from '../engine/planner/runbook.js';
import { rows } from './query.js';

/** Writes down the runbooks that this process has: what is the same stays, what is no longer there stays for its past. */
export async function recordTemplates(pool: Pool, runbooks: readonly Runbook[]): Promise<void> {
  await rows(
    pool,
    `WITH given AS (
       SELECT DISTINCT ON (name) * FROM jsonb_to_recordset($1::jsonb) AS g(name text, description text, payload jsonb)),
     changed AS (
       UPDATE templates t SET description = g.description, payload = g.payload FROM given g
       WHERE t.name = g.name AND (t.description, t.payload) IS DISTINCT FROM (g.description, g.payload))
     INSERT INTO templates (name, description, payload)
     SELECT * FROM given g WHERE NOT EXISTS (SELECT FROM templates t WHERE t.name = g.name) ORDER BY name
     ON CONFLICT (name) DO NOTHING`,
    [
      JSON.stringify(
        runbooks.map((runbook) => ({
          name: runbook.id,
          description: runbook.description || null,
          payload: runbook,
        })),
      ),
    ],
  );
}
