import { redactJson } from '../../engine/model/redact.js';
import { continueLog } from '../../store/log-order.js';
import { createPool } from '../../store/pool.js';
import type { Story } from './journal.js';
import { figures } from './report.js';

/**
 * Writes the story into Reviver's database: as a row for the history, and as one event, `disaster.ended`. Once, however
 * often it is asked for. False: the database does not take it, and the report alone tells it.
 */
export async function tellDatabase(databaseUrl: string, scenario: string, story: Story): Promise<boolean> {
  const { id, snapshot, events, lastWrittenAt, backToAt } = story;
  const { recovery, steps } = snapshot;
  const { rtoMs, rpoMs } = figures(story);
  const data = {
    disaster: id,
    lost: scenario,
    state: recovery.state,
    runbook: recovery.plan.name,
    plan_digest: recovery.planDigest,
    began_at: recovery.createdAt.toISOString(),
    last_written_at: lastWrittenAt?.toISOString() ?? null,
    back_to_at: backToAt?.toISOString() ?? null,
    rto_ms: rtoMs ?? null,
    rpo_ms: rpoMs ?? null,
    steps: steps.map(({ id: step, name, state, error }) => ({ step, name, state, error: error?.message ?? null })),
    events: events.map(({ at, kind }) => ({ at: at.toISOString(), kind })),
  };
  const pool = createPool(databaseUrl, { connections: 1, applicationName: 'reviver disaster' });
  try {
    await continueLog(pool);
    await pool.query(
      `WITH told AS (
         INSERT INTO disasters (id, lost, state, ended_by, ended_at, rto_ms, rpo_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id)
       INSERT INTO events (kind, actor, data) SELECT 'disaster.ended', $4, $8::jsonb FROM told`,
      [
        id,
        scenario,
        recovery.state,
        recovery.requestedBy,
        recovery.endedAt ?? new Date(),
        data.rto_ms,
        data.rpo_ms,
        JSON.stringify(redactJson(data)),
      ],
    );
    return true;
  } catch {
    return false;
  } finally {
    await pool.end();
  }
}
