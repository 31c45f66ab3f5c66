import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import { describeDocker, withDocker } from '../support/docker.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { NO_APPROVALS } from '../support/scene.js';
import { freePorts, type Patient, patient, settled } from './docker-patients.js';

/** Waits for a file before it touches its service. */
const gate = join(mkdtempSync(join(tmpdir(), 'gate-')), 'open');
const LATER = `id: later
steps:
  - { action: run_command, with: { command: [sh, -c, "until [ -e ${gate} ]; do sleep 0.1; done"] }, idempotent: true }
  - "restart_service: {{ service.name }}"
`;

const docker = withDocker();
const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let env: Record<string, string>;
let server: Running;
let worker: Running;
let ports: number[];

beforeAll(async () => {
  if (!docker.there) return;
  ports = await freePorts(12);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: '  - { name: filed, runtime: docker, container_name: filed }',
    runbooks: { 'later.yaml': LATER },
    // Recoveries of these waits for people; the others run at once.
    more: `${NO_APPROVALS.replace('rules: [', `rules: [{ when: "service.name.startsWith('asked')", need: 1, role: approver }, `)}
discovery: { gone_after: 2s }
health_check_interval: 500ms`,
  });
  env = { DOCKER_HOST: docker.host, REVIVER_SECRET_KEY: '11'.repeat(32) };
  server = await startServer();
  worker = await reviver.start('worker', ['worker'], env);
}, 90_000);

afterAll(async () => {
  await reviver?.stop();
}, 60_000);

const startServer = () =>
  reviver.start('server', ['start', '--role', 'api', '--role', 'bot', '--role', 'scheduler'], env);

function labelled(name: string, more: Record<string, string> = {}, over: Docker.ContainerCreateOptions = {}) {
  const port = ports.pop() ?? 0;
  const Labels = { 'reviver.enable': 'true', 'reviver.health': `http://127.0.0.1:${port}/health`, ...more };
  return patient(docker.engine, name, port, { Labels, ...over });
}

const services = async (): Promise<Record<string, Answer>> => (await reviver.call('GET', '/status')).body.services;

const known = (name: string): Promise<void> =>
  eventually(async () => expect(Object.keys(await services())).toContain(name), { timeoutMs: 20_000 });

const unknown = (name: string): Promise<void> =>
  eventually(async () => expect(Object.keys(await services())).not.toContain(name), { timeoutMs: 20_000 });

const health = (name: string, wanted: string): Promise<void> =>
  eventually(async () => expect((await services())[name]).toMatchObject({ health: wanted }), { timeoutMs: 20_000 });

/** What chat answers in private. */
async function say(text: string): Promise<string> {
  const { body } = await reviver.call('POST', '/console/api/commands', { channel: 'incidents', text });
  return JSON.stringify(body.replies);
}

async function ask({ name }: Patient, how: object): Promise<string> {
  const { status, body } = await reviver.call('POST', `/recover/${name}`, how);
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  return body.id;
}

describeDocker('a container with the label of a service', () => {
  test('is watched, falls ill, is recovered by its name, and is none when it is gone', async () => {
    const web = await labelled('web', { 'reviver.criticality': 'high' });
    await known('web');
    await health('web', 'healthy');
    await web.container().kill();
    await health('web', 'unhealthy');
    expect(await settled(reviver, await ask(web, {}), 40_000)).toMatchObject({
      state: 'SUCCEEDED',
      strategy: 'restart',
    });
    await health('web', 'healthy');
    await web.container().remove({ force: true });
    await unknown('web');
    expect((await reviver.call('POST', '/recover/web', {})).status).toBe(404);
    expect(await say('web')).toContain('No service, runbook or command');
    // Nobody is asked to recover what is not there: the incident of its end ends, too.
    await eventually(async () => {
      const { body } = await reviver.call('GET', '/console/api/channels/incidents/messages');
      const posts: string[] = body.items.map(({ card }: Answer) => JSON.stringify(card));
      expect(posts.filter((post) => post.includes('"command":"web"'))).toEqual([]);
    });
  }, 120_000);

  test('that a recovery is about stays a service while it is gone, also for a Reviver that starts meanwhile', async () => {
    const [asked, other] = [await labelled('asked-1'), await labelled('other')];
    await Promise.all(['asked-1', 'other'].map(known));
    const id = await ask(asked, {});
    await Promise.all([asked, other].map((one) => one.container().remove({ force: true })));
    await unknown('other');
    server.kill('SIGTERM');
    await server.ended;
    server = await startServer();
    expect((await services())['asked-1']).toMatchObject({ state: 'AWAITING_APPROVAL', recovery: id });
    expect((await reviver.call('POST', '/recover/asked-1', {})).body.id).toBe(id);
    expect((await reviver.call('POST', `/recoveries/${id}/cancel`)).status).toBe(200);
    await unknown('asked-1');
  }, 120_000);

  test('that says something else than when its plan was shown is asked about anew', async () => {
    const asked = await labelled('asked-2');
    await known('asked-2');
    const id = await ask(asked, {});
    await asked.container().remove({ force: true });
    const other = await labelled('asked-2', { 'reviver.criticality': 'critical' });
    await eventually(async () => expect((await services())['asked-2']).toMatchObject({ criticality: 'critical' }));
    expect((await reviver.call('POST', `/recoveries/${id}/approve`, {}, 'lee')).status).toBe(200);
    const ended = await settled(reviver, id);
    expect(ended.state).toBe('CANCELLED');
    expect(ended.outcome.message).toBe(
      'the plan changed: asked-2 is declared otherwise than when the plan was shown: its label reviver.criticality, reviver.health',
    );
    await eventually(async () => expect((await services())['asked-2'].recovery).not.toBe(id));
    expect(other.name).toBe('asked-2');
  }, 120_000);

  test('that goes in the middle of a recovery, with its worker, ends it with what is so and what to do', async () => {
    const shop = await labelled('shop');
    await known('shop');
    const id = await ask(shop, { runbook: 'later' });
    await eventually(async () =>
      expect((await reviver.call('GET', `/recoveries/${id}`)).body.steps[0].state).toBe('running'),
    );
    const other = await labelled('beside');
    await known('beside');
    await Promise.all([shop, other].map((one) => one.container().remove({ force: true })));
    await unknown('beside');
    worker.kill('SIGKILL');
    await worker.ended;
    worker = await reviver.start('worker', ['worker'], env);
    await writeFile(gate, '');
    const ended = await settled(reviver, id, 40_000).finally(() => rm(gate));
    expect(ended.state).toBe('FAILED');
    expect(ended.steps[1].error.message).toMatch(/^There is no container shop on .* snapshot/);
    await unknown('shop');
  }, 120_000);

  test('that is back in time lets the recovery go on', async () => {
    const shop = await labelled('back');
    await known('back');
    const id = await ask(shop, { runbook: 'later' });
    await eventually(async () =>
      expect((await reviver.call('GET', `/recoveries/${id}`)).body.steps[0].state).toBe('running'),
    );
    await shop.container().remove({ force: true });
    await eventually(async () => expect(await services()).toMatchObject({ back: { health: 'unhealthy' } }));
    await labelled('back');
    await writeFile(gate, '');
    const ended = await settled(reviver, id, 40_000).finally(() => rm(gate));
    expect(ended).toMatchObject({ state: 'SUCCEEDED' });
  }, 120_000);
});
