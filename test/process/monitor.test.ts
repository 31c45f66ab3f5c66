import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../scripts/services/free-port.mjs';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';

/** A real process that answers on its port until it is killed. */
const PATIENT = `require('node:net').createServer().listen(Number(process.argv[1]), '127.0.0.1', () => console.log('up'))`;
const INTERVAL_MS = 500;
const FAILURES = 3;

const database = withDatabase();
const redis = withRedis();
const patients = new Map<string, { port: number; child?: ChildProcess }>();
let reviver: Installation;
let scheduler: Running;

beforeAll(async () => {
  for (const name of ['cache', 'api', 'web']) patients.set(name, { port: await freePort() });
  for (const name of patients.keys()) await begin(name);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: ['cache', 'api', 'web'].map(configured).join('\n'),
  });
  await reviver.start('server', ['start', '--role', 'bot', '--role', 'api']);
  scheduler = await reviver.start('one', ['start', '--role', 'scheduler']);
  await healthy('cache', 'api', 'web');
}, 60_000);

afterAll(async () => {
  await reviver?.stop();
  for (const { child } of patients.values()) child?.kill('SIGKILL');
}, 60_000);

const configured = (name: string) => `  - name: ${name}
    runtime: process
    process: { command: ["true"], cwd: . }
    target_availability: 99.9
    flapping: { times: 20 }
    depends_on: [${{ cache: '', api: 'cache', web: 'api' }[name]}]
    health:
      - { type: tcp, url: "tcp://127.0.0.1:${patients.get(name)?.port}", interval: ${INTERVAL_MS}ms, timeout: 1s, failures: ${FAILURES} }`;

async function begin(name: string): Promise<void> {
  const patient = patients.get(name);
  if (!patient) throw new Error(`there is no ${name}`);
  patient.child = spawn(process.execPath, ['-e', PATIENT, String(patient.port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (patient.child.stdout) await once(patient.child.stdout, 'data');
}

async function kill(...names: string[]): Promise<number> {
  const children = names.flatMap((name) => patients.get(name)?.child ?? []);
  for (const child of children) child.kill('SIGKILL');
  const at = Date.now();
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  return at;
}

const status = async (name: string): Promise<Answer> => (await reviver.call('GET', '/status')).body.services[name];

async function healthy(...names: string[]): Promise<void> {
  await eventually(
    async () => {
      for (const name of names) expect(await status(name)).toMatchObject({ health: 'healthy' });
    },
    { timeoutMs: 20_000 },
  );
}

function must<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('not yet');
  return found;
}

const incidents = (): Promise<Record<string, unknown>[]> =>
  database.query('SELECT service, title, detail, state FROM incidents ORDER BY id');
/** Posts in the incidents channel, with the moment when each was stored there. */
const posts = (): Promise<Record<string, unknown>[]> =>
  database.query(
    `SELECT card->>'title' AS title, created_at AS at FROM console_messages WHERE thread IS NULL AND card->>'title' LIKE '%is down%' ORDER BY id`,
  );

async function command(text: string): Promise<void> {
  const { status: code } = await reviver.call('POST', '/console/api/commands', { channel: 'incidents', text });
  expect(code).toBe(202);
}

test('from the death of a service to its post it takes the interval times the failures and two seconds at most', async () => {
  const tooks: number[] = [];
  for (let n = 0; n < 2; n += 1) {
    const before = (await posts()).length;
    const diedAt = await kill('web');
    const post = await eventually(async () => must((await posts())[before]), { timeoutMs: 10_000 });
    expect(String(post.title)).toContain('web is down');
    tooks.push(new Date(String(post.at)).getTime() - diedAt);
    await begin('web');
    await healthy('web');
    await eventually(async () => expect((await incidents()).at(-1)).toMatchObject({ state: 'resolved' }));
  }
  console.log(`from death to post: ${tooks.join(' ms, ')} ms, of ${INTERVAL_MS * FAILURES + 2_000} ms allowed`);
  expect(Math.max(...tooks)).toBeLessThanOrEqual(INTERVAL_MS * FAILURES + 2_000);
}, 60_000);

test('one cause makes one post, in which the others are named; all of it ends together', async () => {
  const before = (await posts()).length;
  await kill('web', 'api', 'cache');
  await eventually(
    async () => {
      expect((await incidents()).at(-1)).toMatchObject({
        title: 'cache is down',
        detail: expect.stringMatching(/^connection refused \(3 of 3 checks\); down with it: api, web$/),
      });
    },
    { timeoutMs: 10_000 },
  );
  await eventually(async () => expect(await status('web')).toMatchObject({ health: 'unhealthy', caused_by: 'cache' }));
  await eventually(async () => must((await posts())[before]));
  for (const name of ['cache', 'api', 'web']) await begin(name);
  await healthy('cache', 'api', 'web');
  await eventually(async () => expect((await incidents()).at(-1)).toMatchObject({ state: 'resolved' }));
  expect((await posts()).slice(before)).toHaveLength(1);
  expect(await status('web')).toMatchObject({ caused_by: null });
}, 60_000);

test('the process that watches is killed: another goes on, and an incident stays one', async () => {
  const before = (await incidents()).length;
  await kill('cache');
  await eventually(async () => expect(await incidents()).toHaveLength(before + 1), { timeoutMs: 10_000 });
  const second = await reviver.start('two', ['start', '--role', 'scheduler']);
  scheduler.kill('SIGKILL');
  await scheduler.ended;
  expect(second.child.exitCode).toBeNull();
  const [{ checked } = {}] = await database.query('SELECT max(until) AS checked FROM health_watch');
  await eventually(
    async () => {
      const [{ later } = {}] = await database.query('SELECT max(until) > $1 AS later FROM health_watch', [checked]);
      expect(later).toBe(true);
    },
    { timeoutMs: 15_000 },
  );
  await begin('cache');
  await healthy('cache');
  await eventually(async () => expect((await incidents()).at(-1)).toMatchObject({ state: 'resolved' }));
  expect(await incidents()).toHaveLength(before + 1);
}, 60_000);

test('in a maintenance nobody is told, and its time counts apart', async () => {
  const before = (await posts()).length;
  await command('maintenance web 1h "new disks"');
  await eventually(async () =>
    expect((await status('web')).maintenance).toMatchObject({ by: 'Ann', reason: 'new disks' }),
  );
  await kill('web');
  await eventually(async () => expect(await status('web')).toMatchObject({ health: 'unhealthy' }), {
    timeoutMs: 10_000,
  });
  expect((await posts()).slice(before).filter(({ title }) => String(title).includes('web is down'))).toEqual([]);
  await eventually(async () => expect((await status('web')).availability.maintenance_seconds).toBeGreaterThan(0), {
    timeoutMs: 15_000,
  });
  await command('maintenance web end');
  await eventually(
    async () => expect((await incidents()).at(-1)).toMatchObject({ title: 'web is down', state: 'open' }),
    {
      timeoutMs: 10_000,
    },
  );
  const { availability } = await status('web');
  expect(availability).toMatchObject({ target_availability: 99.9, error_budget_seconds: expect.closeTo(2_592, 3) });
  expect(availability.percent).toBeLessThan(100);
}, 60_000);
