import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../../scripts/services/free-port.mjs';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install } from '../support/reviver.js';
import { FIXTURES } from '../support/scene.js';
import { documentedRequests } from './documented-requests.js';

/** The planner document's HTTP, driven as its clients do, on a real Redis that a worker stops, restores and starts. */
// Hooks run in their order: what stops the patients needs the database.
afterAll(async () => {
  const steps = ['web', 'api', 'redis'].map((service) => `stop_service: ${service}`);
  expect((await execute({ id: 'last-stop', steps })).body).toMatchObject({ success: true });
  await reviver.stop();
  await rm(gate, { force: true });
}, 60_000);
const database = withDatabase();
const redis = withRedis();
let reviver: Installation;

/** Let the slow step go on. */
const gate = join(tmpdir(), `reviver-gate-${randomUUID()}`);

const RULES = `approvals:
  rules:
    - { when: 'risk < 0.45 || plan.name.startsWith("slow") || plan.name == "redis_outage"', need: 0 }
    - { when: "true", need: 1, role: approver }`;

beforeAll(async () => {
  const port = await freePort();
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `  - name: redis
    runtime: process
    data_dir: patient
    process: { command: [redis-server, --port, "${port}", --bind, 127.0.0.1, --dir, patient, --save, ""], cwd: . }
    health: [{ type: redis, url: "redis://127.0.0.1:${port}", interval: 1s, timeout: 1s, failures: 1 }]
    recovery_strategies: [restart]
  - { name: web, runtime: process, process: { command: [sleep, "1000"], cwd: . }, recovery_strategies: [restart] }
  - { name: api, runtime: process, process: { command: [sleep, "1000"], cwd: . } }`,
    extensions: FIXTURES,
    more: `${RULES}
backups: { redis_backup: { service: redis, location: redis } }
step_aliases:
  scale-out deployment: { action: restart_service, with: { service: web } }
  slow: { action: run_command, with: { command: [sh, -c, "while [ ! -e ${gate} ]; do sleep 0.05; done"] } }
  break: { action: run_command, with: { command: ["false"] } }
templates:
  - id: redis_outage
    name: redis_outage
    description: "Plan for Redis failure"
    steps:
      - "stop_service: redis"
      - "restore_backup: redis_backup"
      - "start_service: redis"`,
  });
  await mkdir(join(reviver.folder, 'patient'));
  await reviver.start('server', ['start', '--role', 'api', '--role', 'bot']);
  await reviver.start('worker', ['worker']);
  await eventually(async () => expect((await reviver.call('GET', '/health')).status).toBe(200), { timeoutMs: 20_000 });
  const made = await execute({ id: 'first-start', steps: ['start_service: redis', 'create_backup: redis_backup'] });
  expect(made.body.logs).toEqual(['Executed: start_service: redis', 'Executed: create_backup: redis_backup']);
}, 90_000);
const execute = (body: object, headers: Record<string, string> = {}) => post('/execute', body, headers);
const incident = {
  id: 'incident-123',
  timestamp: '2025-10-21T08:00:00Z',
  severity: 0.9,
  context: { cpu: 95, service: 'redis' },
};

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Whole> {
  const signal = AbortSignal.timeout(50_000);
  const response = await reviver.send('POST', path, { body, headers, signal });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

interface Whole {
  status: number;
  headers: Headers;
  body: Answer;
}

describe('the planner document', () => {
  test('GET /templates is "Список доступных шаблонов восстановления"', async () => {
    const { status, body } = await reviver.call('GET', '/templates');
    expect(status).toBe(200);
    expect(body).toEqual([
      expect.objectContaining({
        id: 'redis_outage',
        name: 'redis_outage',
        description: 'Plan for Redis failure',
        steps: ['stop_service: redis', 'restore_backup: redis_backup', 'start_service: redis'],
      }),
    ]);
  });

  test('POST /plan, then POST /execute: "end-to-end тест: инцидент → план → выполнение"', async () => {
    const { status, body: plan } = await post('/plan', incident);
    expect(status).toBe(200);
    expect(plan).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      steps: ['stop_service: redis', 'restore_backup: redis_backup', 'start_service: redis'],
      service: 'redis',
      runbook: 'redis_outage',
      incident: { id: 'incident-123', recorded_as: 'I-1' },
    });
    const { id, steps, risk_score } = plan;
    const done = await execute({ id, steps, risk_score });
    expect(done).toMatchObject({
      status: 200,
      body: {
        success: true,
        logs: [
          'Executed: stop_service: redis',
          'Executed: restore_backup: redis_backup',
          'Executed: start_service: redis',
        ],
        recovery: { runbook: 'redis_outage', state: 'SUCCEEDED', plan_digest: plan.plan_digest },
      },
    });
  }, 60_000);

  test('POST /execute with its own example: "Executed: scale-out deployment"', async () => {
    const example = { id: 'plan-uuid', steps: ['scale-out deployment'], risk_score: 0.1 };
    const { status, body } = await execute(example);
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, logs: ['Executed: scale-out deployment'] });
    const again = await execute(example);
    expect(again.body.recovery.id).toBe(body.recovery.id);
    const other = await execute({ ...example, steps: ['restart_service: web'] });
    expect(other).toMatchObject({ status: 409, body: { code: 'conflict', recovery: body.recovery.id } });
  }, 60_000);
});

test('a step that fails is "обработка ошибок": success is false, and what was done before is undone', async () => {
  const { status, body } = await execute({ id: 'fails', steps: ['stop_service: web', 'break'] });
  expect(status).toBe(202);
  expect(body).toMatchObject({ success: null, recovery: { state: 'AWAITING_APPROVAL' } });
  const { id, plan_digest } = body.recovery;
  await reviver.call('POST', `/recoveries/${id}/approve`, { digest: plan_digest }, 'lee');
  await reviver.reaches(id, 'ROLLED_BACK');
  const ended = await execute({ id: 'fails', steps: ['stop_service: web', 'break'] });
  expect(ended.status).toBe(200);
  expect(ended.body).toMatchObject({
    success: false,
    logs: ['Executed: stop_service: web', expect.stringMatching(/^Failed: break: /), 'Undone: stop_service: web'],
  });
}, 60_000);

test('several services are claimed, and another recovery of one of them is told by name', async () => {
  const body = { id: 'two', steps: ['restart_service: api', 'restart_service: web', 'ask: go on?'] };
  const asked = await execute(body, { Prefer: 'respond-async' });
  expect(asked.status).toBe(202);
  expect(asked.headers.get('preference-applied')).toBe('respond-async');
  expect(asked.headers.get('location')).toBe(`/recoveries/${asked.body.recovery.id}`);
  const other = await execute({ id: 'three', steps: ['restart_service: api'] });
  expect(other).toMatchObject({ status: 409, body: { code: 'conflict', recovery: asked.body.recovery.id } });
  await reviver.call('POST', `/recoveries/${asked.body.recovery.id}/cancel`);
  await reviver.reaches(asked.body.recovery.id, 'CANCELLED');
}, 60_000);

test('when the world has changed since, nothing runs, and the refusal carries the new plan', async () => {
  const { body: plan } = await post('/plan', { ...incident, id: 'incident-124', context: { text: 'web is slow' } });
  expect(plan).toMatchObject({ service: 'web', strategy: 'restart', steps: ['restart_service: web'] });
  await execute({ id: 'stops', steps: ['stop_service: web'] });
  const { status, body } = await execute({ id: plan.id, steps: plan.steps });
  expect([status, body.code]).toEqual([409, 'stale']);
  expect(body.detail).toContain('web was running when the plan was shown, now it is stopped');
  expect(body.plan).toMatchObject({ steps: plan.steps });
  expect(await execute({ id: body.plan.id })).toMatchObject({ status: 200, body: { success: true } });
}, 60_000);

test('the curl commands of docs/http.md do what it says', async () => {
  const [plan, whole, alias, later] = documentedRequests('docs/http.md', 'Plans and steps');
  const run = (request: typeof plan, planId = '') =>
    post(request?.path ?? '', JSON.parse(request?.body.replace('PLAN_ID', planId) ?? ''), request?.headers);
  const planned = await run(plan);
  expect(planned.status).toBe(200);
  expect(await run(whole, planned.body.id)).toMatchObject({ status: 200, body: { success: true } });
  expect((await run(alias)).body.logs).toEqual(['Executed: scale-out deployment']);
  const async = await run(later);
  expect(async).toMatchObject({ status: 202, body: { success: null } });
  await reviver.reaches(async.body.recovery.id, 'SUCCEEDED');
  expect((await run(later)).body.logs).toEqual(['Executed: restart_service: web', 'Executed: check_health: web']);
}, 60_000);

test('a cut connection stops nothing: the same request waits on, and nothing runs twice', async () => {
  const body = { id: 'cut', steps: ['slow', 'restart_service: api'] };
  const cut = new AbortController();
  const lost = reviver.send('POST', '/execute', { body, signal: cut.signal }).catch(() => 'cut off');
  const running = await eventually(async () => {
    const [one] = (await reviver.call('GET', '/recoveries?service=api&limit=1')).body.items;
    expect(one).toMatchObject({ state: 'IN_PROGRESS', steps: [{ name: 'slow', state: 'running' }, {}] });
    return one;
  });
  cut.abort();
  expect(await lost).toBe('cut off');
  const soon = await execute(body, { Prefer: 'wait=0' });
  expect(soon).toMatchObject({ status: 202, body: { logs: ['Running: slow'], recovery: { id: running.id } } });
  const waits = [execute(body), execute(body)];
  await writeFile(gate, '');
  for (const { status, body: done } of await Promise.all(waits)) {
    expect(status).toBe(200);
    expect(done).toMatchObject({ success: true, recovery: { id: running.id } });
  }
}, 60_000);

test('an id that comes twice at once runs once', async () => {
  const body = { id: 'twins', steps: ['restart_service: api'] };
  const answers = await Promise.all([execute(body), execute(body), execute(body)]);
  const ids = new Set(answers.map((answer) => answer.body.recovery?.id));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(ids.size).toBe(1);
}, 60_000);

test('what is wrong in a step is told, and nothing runs', async () => {
  const before = (await reviver.call('GET', '/recoveries?limit=1')).body.items[0].id;
  const refusals = [
    [['restart_service: api', 'restrat_service: api'], 'Did you mean "restart_service: api"?'],
    [['scale-out deploymnt'], 'Did you mean "scale-out deployment"?'],
    [['restart_service: apo'], 'Did you mean api?'],
    [['{"action":"run_command","with":{"command":["id"]}}'], 'JSON only where it is a step of the plan'],
    [['run_command: id'], 'run_command'],
    [['notify: hello'], 'none of the steps touches any'],
  ] as const;
  for (const [steps, says] of refusals) {
    const { status, body } = await execute({ id: 'refused', steps });
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.detail).toContain(says);
  }
  expect(await execute({ id: 'no such plan' })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect(await post('/plan', { ...incident, context: { service: 'redsi' } })).toMatchObject({ status: 422 });
  expect((await post('/plan', { ...incident, context: {} })).body.detail).toContain('Add "service" to its context');
  expect((await reviver.call('GET', '/recoveries?limit=1')).body.items[0].id).toBe(before);
}, 60_000);
