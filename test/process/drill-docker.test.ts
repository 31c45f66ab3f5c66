import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeDocker, withDocker } from '../support/docker.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { freePorts, patient, patientServices } from './docker-patients.js';

const docker = withDocker();
const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let port: number;

beforeAll(async () => {
  if (!docker.there) return;
  [port = 0] = await freePorts(1);
  const watched = patientServices([port]).replace(
    'interval: 1h, timeout: 1s',
    'interval: 200ms, timeout: 1s, failures: 2',
  );
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `${watched}\n    drill: { allowed: true }`,
    runbooks: {
      'back.yaml': 'id: back\nmatch: { services: [p1] }\nsteps: ["start_service: p1"]\n',
      'never.yaml': 'id: never\nsteps:\n  - { id: hang, action: wait_for, with: { tcp: "127.0.0.1:1", for: 10m } }\n',
    },
    more: 'approvals: { rules: [{ when: "true", need: 0 }] }',
  });
  await patient(docker.engine, 'p1', port);
  await reviver.start('server', ['start'], { DOCKER_HOST: docker.host, REVIVER_SECRET_KEY: '11'.repeat(32) });
  await eventually(
    async () => expect(await database.query(`SELECT FROM service_health WHERE status = 'healthy'`)).toHaveLength(1),
    { timeoutMs: 30_000 },
  );
}, 120_000);

afterAll(async () => {
  await reviver?.stop();
}, 60_000);

const running = async () => (await docker.engine.getContainer('p1').inspect()).State.Running;

async function drill(runbook: string): Promise<string> {
  const { status, body } = await reviver.call('POST', '/drills/p1', { runbook });
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  expect(
    (await reviver.call('POST', `/recoveries/${body.id}/approve`, { digest: body.plan_digest }, 'lee')).status,
  ).toBe(200);
  return body.id;
}

describeDocker('a drill of a container', () => {
  test('stops it, is noticed, and brings the same container back', async () => {
    const { Id, State } = await docker.engine.getContainer('p1').inspect();
    const id = await drill('back');
    const done = await reviver.reaches(id, 'SUCCEEDED', 60_000);
    expect(done.drill.to_notice_ms).toBeGreaterThan(0);
    expect(done.drill.to_recover_ms).toBeGreaterThan(0);
    const after = await docker.engine.getContainer('p1').inspect();
    expect([after.Id, after.State.Running]).toEqual([Id, true]);
    expect(after.State.StartedAt).not.toBe(State.StartedAt);
    expect(await database.query(`SELECT name, by FROM proven`)).toEqual([{ name: 'back', by: 'drill' }]);
  }, 90_000);

  test('that is aborted while it lies stopped starts it again', async () => {
    const id = await drill('never');
    await reviver.step(id, 3, 'running', 60_000);
    expect(await running()).toBe(false);
    expect((await reviver.call('POST', `/recoveries/${id}/cancel`, {})).status).toBe(200);
    const ended = await reviver.reaches(id, 'ROLLED_BACK', 60_000);
    expect(ended.outcome).toMatchObject({ code: 'drill_aborted' });
    expect(await running()).toBe(true);
    await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200));
  }, 120_000);
});
