import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPrivateFolder } from '../../../scripts/services/private-folder.mjs';
import { type OpenRecovery, openRecovery } from '../../../src/app/recovery-library.js';
import { withDatabase } from '../../support/index.js';
import { required } from '../../support/required.js';

const database = withDatabase();
let recovery: OpenRecovery;
let folder: { path: string; remove(): Promise<void> };

const INCIDENT = {
  id: 'incident-123',
  timestamp: '2025-10-21T08:00:00Z',
  severity: 0.9,
  context: { cpu: 95, service: 'redis' },
};

// Hooks of a group end before those of the file, with which its database goes.
describe('the planner document’s library', () => {
  beforeAll(async () => {
    folder = await createPrivateFolder('reviver-library');
    await mkdir(join(folder.path, 'runbooks'));
    await writeFile(
      join(folder.path, 'reviver.yaml'),
      `constitution: { hash: cdd01ef066bc6cf2, file: ${join(process.cwd(), 'config', 'constitution.yaml')} }
discovery: { docker: false }
services:
  - { name: redis, runtime: process, process: { command: [sleep, "600"], cwd: "." }, recovery_strategies: [] }
  - { name: broken, runtime: process, process: { command: [reviver-has-no-such-program], cwd: "." }, recovery_strategies: [] }
templates:
  - id: redis_outage
    description: "Plan for Redis failure"
    steps: ["stop_service: redis", "start_service: redis"]
  - { id: stop_all, match: { alerts: [TestsAreOver] }, steps: ["stop_service: redis"] }
  - { id: broken_start, match: { services: [broken] }, steps: ["start_service: broken"] }
`,
    );
    recovery = await openRecovery({
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      REDIS_URL: required('REDIS_URL'),
      REVIVER_CONFIG: join(folder.path, 'reviver.yaml'),
      REVIVER_RUNBOOKS: join(folder.path, 'runbooks'),
      REVIVER_KNOWLEDGE: 'knowledge',
      REVIVER_DATA: join(folder.path, 'data'),
      METRICS_PORT: '0',
      LOG_LEVEL: 'error',
    });
  }, 60_000);

  afterAll(async () => {
    try {
      // What was started must not outlive the test.
      const plan = await recovery.planner.planRecovery(INCIDENT);
      await recovery.executor.execute({ ...plan, runbook: 'stop_all' }, AbortSignal.timeout(20_000));
    } finally {
      await recovery?.close();
      await folder?.remove();
    }
  }, 60_000);

  test('test_plan_recovery_valid_input', async () => {
    expect(await recovery.planner.planRecovery(INCIDENT)).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      steps: ['stop_service: redis', 'start_service: redis'],
      risk_score: expect.any(Number),
      service: 'redis',
      runbook: 'redis_outage',
    });
  });

  test('test_list_templates_non_empty', () => {
    expect(recovery.planner.listTemplates()).toContainEqual(
      expect.objectContaining({ id: 'redis_outage', name: 'redis_outage', description: 'Plan for Redis failure' }),
    );
  });

  test('test_execute_success_case', async () => {
    const plan = await recovery.planner.planRecovery(INCIDENT);
    const { success, logs } = await recovery.executor.execute(plan, AbortSignal.timeout(20_000));
    expect(logs).toEqual([expect.stringMatching(/^Executed: /), expect.stringMatching(/^Executed: /)]);
    expect(success).toBe(true);
  }, 30_000);

  test('test_execute_failure_handling', async () => {
    const plan = await recovery.planner.planRecovery({ id: 'i-2', context: { service: 'broken' } });
    const { success, logs } = await recovery.executor.execute(plan, AbortSignal.timeout(20_000));
    expect(success).toBe(false);
    expect(logs).toContainEqual(expect.stringMatching(/^Failed: Start broken: /));
  }, 30_000);

  test('test_recovery_flow', async () => {
    const plan = await recovery.planner.planRecovery({ id: 'i-3', context: { message: 'redis does not answer' } });
    expect(plan.service).toBe('redis');
    const { recovery: name, success } = await recovery.executor.execute(plan, AbortSignal.timeout(20_000));
    expect(success).toBe(true);
    // What it did counts for the next plan at once.
    const next = await recovery.planner.planRecovery({ id: 'i-4', context: { service: 'redis' } });
    expect(next.explanation).toContain(name);
  }, 30_000);
});
