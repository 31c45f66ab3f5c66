import { describe, expect, test } from '@jest/globals';
import { runbookSchema } from '../../../src/engine/planner/runbook.js';
import { createPlanStore } from '../../../src/store/plan-store.js';
import { recordTemplates } from '../../../src/store/templates.js';
import { aPlan, aPlannedStep } from '../../support/builders.js';
import { aDraft, withStore } from './open-store.js';

const on = withStore();

const runbook = runbookSchema.parse({
  id: 'redis_outage',
  description: 'Plan for Redis failure',
  steps: ['stop_service: redis'],
});
const plan = aPlan({
  lines: ['stop_service: redis', null],
  steps: [aPlannedStep('a'), aPlannedStep('verify', { stage: 1 })],
});
const kept = { key: 'plan-1', plan, request: { service: 'redis' }, incident: 'incident-123', incidentId: 7 };

/** Column to type, as the database has them. */
async function columns(relation: string): Promise<Record<string, string>> {
  const { rows } = await on.pool.query(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [relation],
  );
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
}

describe('"Модели данных" of the planner document', () => {
  test.each([
    ['templates', { id: 'integer', name: 'text', description: 'text', payload: 'jsonb' }],
    [
      'plans',
      {
        id: 'integer',
        incident_id: 'text',
        template_id: 'integer',
        parameters: 'jsonb',
        status: 'text',
        risk_score: 'double precision',
        created_at: 'timestamp with time zone',
      },
    ],
    [
      'executions',
      {
        id: 'integer',
        plan_id: 'integer',
        start_ts: 'timestamp with time zone',
        end_ts: 'timestamp with time zone',
        result: 'jsonb',
        logs: 'text',
      },
    ],
  ])('%s has its columns', async (relation, wanted) => {
    expect(await columns(relation)).toMatchObject(wanted);
    await on.pool.query(`SELECT ${Object.keys(wanted).join(', ')} FROM ${relation}`);
  });

  test('a template is recorded once, follows its file, and keeps its number', async () => {
    const all = async () => (await on.pool.query('SELECT id, name, description, payload FROM templates')).rows;
    await recordTemplates(on.pool, [runbook, runbook]);
    const [first] = await all();
    expect(first).toMatchObject({ name: 'redis_outage', payload: { steps: ['stop_service: redis'] } });
    await recordTemplates(on.pool, [{ ...runbook, description: '' }]);
    expect(await all()).toEqual([
      { ...first, description: null, payload: expect.objectContaining({ description: '' }) },
    ]);
    await recordTemplates(on.pool, []);
    expect(await all()).toHaveLength(1);
  });

  test('a kept plan is found again as it was, and becomes that of its recovery', async () => {
    const plans = createPlanStore(on.pool);
    await plans.keep(kept);
    expect(await plans.kept('plan-1')).toEqual(kept);
    expect(await plans.kept('no such')).toBeUndefined();
    const draft = aDraft('redis', { planKey: 'plan-1', plan, origin: { platform: 'api', request: 'execute:plan-1' } });
    const { recovery } = await on.store.create(draft);
    expect((await on.store.requested(draft.origin))?.recovery.id).toBe(recovery.id);
    const { rows } = await on.pool.query(
      `SELECT p.status, p.incident_id, t.name FROM recoveries r JOIN plans p ON p.id = r.plan_id
       JOIN templates t ON t.id = p.template_id WHERE p.key = 'plan-1'`,
    );
    expect(rows).toEqual([{ status: 'pending', incident_id: 'incident-123', name: 'redis_outage' }]);
    expect((await on.store.create(draft)).created).toBe(false);
    expect((await on.pool.query('SELECT 1 FROM plans')).rowCount).toBe(1);
  });

  test('an execution tells what was executed, and how it ended', async () => {
    const execution = async () => (await on.pool.query('SELECT plan_id, end_ts, result, logs FROM executions')).rows;
    expect(await execution()).toEqual([]);
    await on.pool.query(`UPDATE recoveries SET started_at = now()`);
    await on.pool.query(`UPDATE steps SET state = 'succeeded' WHERE position = 0`);
    expect(await execution()).toEqual([
      { plan_id: expect.any(Number), end_ts: null, result: null, logs: 'Executed: stop_service: redis' },
    ]);
    await on.pool.query(`UPDATE steps SET state = 'failed' WHERE position = 1`);
    await on.pool.query(`UPDATE recoveries SET state = 'FAILED', wake_at = NULL, ended_at = now()`);
    expect(await execution()).toMatchObject([
      { result: { success: false, state: 'FAILED' }, logs: 'Executed: stop_service: redis\nFailed: verify' },
    ]);
  });
});
