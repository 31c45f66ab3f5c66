import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeCompose } from '../support/compose.js';
import { withDocker } from '../support/docker.js';
import { eventually, processesMarked, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { NO_APPROVALS } from '../support/scene.js';
import { settled } from './docker-patients.js';

const SERVICES = 8;
/** Seconds that a container takes to end: a worker dies, or is told to stop, while Compose waits for it. */
const SLOW = 4;
const PROGRAM = `trap "sleep ${SLOW}; exit 0" TERM; while :; do sleep 0.1; done`;
const folder = mkdtempSync(join(tmpdir(), 'shop-'));
const file = join(folder, 'docker-compose.yml');
const names = Array.from({ length: SERVICES }, (_, n) => `c${n + 1}`);

const docker = withDocker();
const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let env: Record<string, string>;
let workers = 0;
let next = 0;

beforeAll(async () => {
  if (!docker.there) return;
  const one = `{ image: reviver-test, network_mode: none, command: [sh, -c, '${PROGRAM}'] }`;
  await writeFile(file, `version: "3"\nservices:\n${names.map((name) => `  ${name}: ${one}`).join('\n')}\n`);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: [
      ...names.map((name) => `  - { name: ${name}, runtime: compose, compose: { file: ${file}, service: ${name} } }`),
      '  - { name: plain, runtime: docker, container_name: plain }',
    ].join('\n'),
    runbooks: {
      'start.yaml': 'id: start\nsteps: ["start_service: {{ service.name }}"]\n',
      'hasty.yaml':
        'id: hasty\nsteps: [{ action: restart_service, with: { service: "{{ service.name }}" }, timeout: 1500ms }]\n',
    },
    more: NO_APPROVALS,
  });
  env = { DOCKER_HOST: docker.host };
  await reviver.start('server', ['start', '--role', 'api'], env);
}, 90_000);

afterAll(async () => {
  await reviver?.stop();
}, 60_000);

async function worker(host: string): Promise<Running> {
  workers += 1;
  return reviver.start(`worker-${workers}`, ['worker'], { ...env, REVIVER_TEST_WORKER_HOST: host });
}

async function ended(one: Running): Promise<void> {
  one.kill('SIGTERM');
  await one.ended;
}

async function request(service: string, how: object): Promise<string> {
  const { status, body } = await reviver.call('POST', `/recover/${service}`, how);
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  return body.id;
}

async function up(): Promise<string> {
  next += 1;
  const name = `c${next}`;
  expect(await settled(reviver, await request(name, { runbook: 'start' }), 40_000)).toMatchObject({
    state: 'SUCCEEDED',
  });
  return name;
}

const programs = (id: string) => processesMarked(`REVIVER_RUN=${id}/`);

/** The engine was asked to stop it, and Compose waits for that. */
async function stopping(id: string): Promise<void> {
  await eventually(
    async () => expect((await programs(id)).map(({ command }) => command).join('\n')).toMatch(/compose.* stop /),
    { timeoutMs: 20_000 },
  );
}

const view = async (id: string): Promise<Answer> => (await reviver.call('GET', `/recoveries/${id}`)).body;

async function containers(name: string): Promise<string[]> {
  const all = await docker.engine.listContainers({
    all: true,
    filters: { label: [`com.docker.compose.service=${name}`] },
  });
  return all.map(({ State }) => State);
}

describeCompose('a service of a Compose file whose worker is killed', () => {
  test('by one on the same host: Compose is gone, too, and the other worker brings it back', async () => {
    const first = await worker('a');
    const name = await up();
    const id = await request(name, { strategy: 'restart' });
    await stopping(id);
    const second = await worker('a');
    first.kill('SIGKILL');
    await first.ended;
    await eventually(async () => expect(await view(id)).toMatchObject({ state: 'SUCCEEDED' }), { timeoutMs: 40_000 });
    expect(await programs(id)).toEqual([]);
    expect(await containers(name)).toEqual(['running']);
    await ended(second);
  }, 120_000);

  test('while another host takes over: what Compose still does cannot be known; of a container it can', async () => {
    const first = await worker('a');
    const name = await up();
    const plain = await docker.engine.createContainer({
      name: 'plain',
      Image: 'reviver-test',
      Cmd: ['sh', '-c', PROGRAM],
      HostConfig: { NetworkMode: 'none' },
    });
    await plain.start();
    const [asked, other] = [
      await request(name, { strategy: 'restart' }),
      await request('plain', { strategy: 'restart' }),
    ];
    await stopping(asked);
    await eventually(async () => expect((await view(other)).steps[0].state).toBe('running'));
    const second = await worker('b');
    first.kill('SIGKILL');
    await first.ended;
    expect(await settled(reviver, other, 40_000)).toMatchObject({ state: 'SUCCEEDED' });
    const waiting = await settled(reviver, asked, 40_000);
    expect(waiting).toMatchObject({
      state: 'AWAITING_MANUAL',
      steps: [{ state: 'unknown', error: { message: 'it cannot be proven that its old processes are gone' } }],
    });
    expect((await reviver.call('POST', `/recoveries/${asked}/retry`)).status).toBe(200);
    await eventually(async () => expect(await view(asked)).toMatchObject({ state: 'SUCCEEDED' }), {
      timeoutMs: 40_000,
    });
    expect(await containers(name)).toEqual(['running']);
    await ended(second);
  }, 120_000);
});

describeCompose('no program is left', () => {
  test('after a timeout of a step that Compose runs', async () => {
    const one = await worker('a');
    const name = await up();
    const id = await request(name, { runbook: 'hasty' });
    expect(await settled(reviver, id, 40_000)).toMatchObject({
      state: 'FAILED',
      steps: [{ error: { code: 'timeout' } }],
    });
    expect(await programs(id)).toEqual([]);
    await ended(one);
  }, 120_000);

  test('after a cancel of a step that Compose runs', async () => {
    const one = await worker('a');
    const name = await up();
    const id = await request(name, { strategy: 'restart' });
    await stopping(id);
    expect((await reviver.call('POST', `/recoveries/${id}/cancel`)).status).toBe(200);
    expect((await settled(reviver, id, 40_000)).state).toMatch(/CANCELLED|AWAITING_MANUAL/);
    expect(await programs(id)).toEqual([]);
    await ended(one);
  }, 120_000);
});
