import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, freePort, withDatabase } from '../support/index.js';
import { throughPgBouncer } from '../support/pgbouncer.js';
import { type Sentinels, startSentinels } from '../support/redis-sentinel.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { createScenes, FIXTURES, GATED, manyServices, NO_APPROVALS, type Scene, threeSteps } from '../support/scene.js';

/**
 * Reviver as it stands on several machines: two API nodes, workers of two pools, Redis behind Sentinels, and Postgres
 * behind PgBouncer where that can be had.
 */
const RUNBOOKS = {
  'gated.yaml': threeSteps('gated', `{ id: b, action: gated_append, with: ${GATED} }`),
  'hops.yaml': threeSteps('hops', `{ id: b, action: gated_append, with: ${GATED}, pool: db-hosts }`),
};
const SICK = `  - name: sick
    runtime: process
    process: { command: ["true"], cwd: . }
    health: [{ type: tcp, url: "tcp://127.0.0.1:1", interval: 1s, timeout: 1s, failures: 1 }]`;

/** What docs/scale-out.md promises for a leader that dies: the next look of another, and a little for a busy machine. */
const LEADS_WITHIN_MS = 5_000 + 2_000;
const TAKEOVER_MS = 14_000;

const database = withDatabase();
let sentinels: Sentinels;
let reviver: Installation;
let recover: ReturnType<typeof createScenes>;
let secondPort: number;
let firstApi: Running;

beforeAll(async () => {
  const [redis, bouncer] = await Promise.all([startSentinels(), throughPgBouncer(database.url, 'session')]);
  sentinels = redis;
  reviver = await install({
    databaseUrl: bouncer?.url ?? database.url,
    redisUrl: sentinels.url,
    services: `${manyServices(20)}\n${SICK}`,
    runbooks: RUNBOOKS,
    extensions: FIXTURES,
    more: `pools: [default, db-hosts]\nmax_concurrent_recoveries: 10\n${NO_APPROVALS}`,
  });
  recover = createScenes(reviver);
  secondPort = await freePort();
  [firstApi] = await Promise.all([
    reviver.start('api-1', ['start', '--role', 'api', '--role', 'scheduler']),
    reviver.start('api-2', ['start', '--role', 'api'], { PORT: String(secondPort) }),
    reviver.start('worker-1', ['worker', '--pool', 'default']),
    reviver.start('worker-2', ['worker', '--pool', 'default']),
  ]);
}, 90_000);

afterAll(async () => {
  await reviver.stop();
}, 60_000);

async function events({ id }: Scene): Promise<Answer[]> {
  return (await reviver.call('GET', `/recoveries/${id}/events`)).body.items;
}

test('the same request to both API nodes is one recovery', async () => {
  const file = join(reviver.folder, 'both.txt');
  const asked = { runbook: 'gated', params: { file, gate: `${file}.gate` } };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      reviver.call('POST', '/recover/s20', asked, 'ann', n % 2 === 0 ? reviver.port : secondPort),
    ),
  );
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
  await writeFile(`${file}.gate`, '');
  const { body } = await reviver.call('GET', '/status', undefined, 'ann', secondPort);
  expect(body.workers.map(({ pools }: Answer) => pools)).toEqual([['default'], ['default']]);
}, 30_000);

describe('pools', () => {
  test('a step waits for a worker of its pool, hops there, survives its death, and hops back', async () => {
    const scene = await recover('hops');
    await scene.step(0, 'succeeded');
    await eventually(async () =>
      expect((await events(scene)).map(({ kind, data }: Answer) => [kind, data.pool])).toContainEqual([
        'recovery.released',
        'db-hosts',
      ]),
    );
    const first = await reviver.start('db-1', ['worker', '--pool', 'db-hosts']);
    await scene.step(1, 'running');
    const second = await reviver.start('db-2', ['worker', '--pool', 'db-hosts']);
    first.kill('SIGKILL');
    await first.ended;
    await eventually(
      async () => expect((await events(scene)).map(({ kind }) => kind)).toContain('recovery.taken_over'),
      { timeoutMs: TAKEOVER_MS },
    );
    await scene.open();
    const { steps } = await scene.reaches('SUCCEEDED');
    expect(await scene.lines()).toEqual(['a', 'b', 'c']);
    expect(steps.map(({ state }: Answer) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const released = (await events(scene)).filter(({ kind }) => kind === 'recovery.released');
    expect(released.map(({ data }) => data.pool)).toEqual(['db-hosts', 'default']);
    second.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  }, 60_000);
});

describe('Redis behind Sentinels', () => {
  test('the master dies in mid-recovery: it goes on, new ones run, and wake-ups come back', async () => {
    const running = await recover('gated');
    await running.step(1, 'running');
    const failedOver = sentinels.failOver();
    const meanwhile = await recover('gated');
    await meanwhile.open();
    await meanwhile.reaches('SUCCEEDED');
    await failedOver;
    await running.open();
    await running.reaches('SUCCEEDED');
    expect(await running.lines()).toEqual(['a', 'b', 'c']);
    for (const name of ['api-1', 'api-2', 'worker-1', 'worker-2'])
      await eventually(() => expect(reviver.log(name)).toContain('init_cache_safe: Redis is back'), {
        timeoutMs: 15_000,
      });
    await eventually(async () =>
      expect((await reviver.call('GET', '/health')).body.checks.redis).toMatchObject({ status: 'ok' }),
    );
  }, 60_000);
});

describe('a worker of another version', () => {
  const versions: Running[] = [];
  afterAll(async () => {
    for (const one of versions) one.kill('SIGTERM');
    await Promise.all(versions.map((one) => one.ended));
  });

  test('leaves a plan alone whose actions it does not have; one that has them takes it', async () => {
    const scene = await recover('hops');
    await scene.step(0, 'succeeded');
    const lesser = join(reviver.folder, 'without-extensions.yaml');
    const whole = await readFile(join(reviver.folder, 'reviver.yaml'), 'utf8');
    await writeFile(lesser, whole.replace(/^extensions: .*$/m, 'extensions: []'));
    versions.push(await reviver.start('db-older', ['worker', '--pool', 'db-hosts'], { REVIVER_CONFIG: lesser }));
    const alive = async () => (await reviver.call('GET', '/status')).body.workers;
    await eventually(async () => expect(await alive()).toHaveLength(3));
    // It has looked for work several times by then.
    const joined = await database.query(`SELECT now() AS at`);
    await eventually(
      async () => {
        const [row] = await database.query(
          `SELECT count(*)::int AS n FROM workers WHERE 'db-hosts' = ANY(pools) AND left_at IS NULL AND beat_at > $1::timestamptz + interval '3 s'`,
          [joined[0]?.at],
        );
        expect(row?.n).toBe(1);
      },
      { timeoutMs: 10_000 },
    );
    expect((await scene.view()).steps[1].state).toBe('pending');
    await scene.open();
    versions.push(await reviver.start('db-newer', ['worker', '--pool', 'db-hosts']));
    await scene.reaches('SUCCEEDED');
    expect(await scene.lines()).toEqual(['a', 'b', 'c']);
  }, 60_000);
});

test('the scheduler that leads dies, and another leads within the time that is stated', async () => {
  const lock = async () =>
    expect(
      await database.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid::bigint = hashtext('reviver:health')::bigint & 4294967295`,
      ),
    ).toHaveLength(1);
  await eventually(lock, { timeoutMs: 10_000 });
  const second = await reviver.start('scheduler-2', ['start', '--role', 'scheduler']);
  await lock();
  firstApi.kill('SIGKILL');
  await firstApi.ended;
  // The pooler may give the next leader the very connection of the last one, so who watches is told by what is watched.
  const [death] = await database.query('SELECT clock_timestamp() AS at');
  const watched = () => database.query('SELECT FROM health_watch WHERE until > $1::timestamptz', [death?.at]);
  await eventually(async () => expect(await watched()).toHaveLength(1), { timeoutMs: LEADS_WITHIN_MS });
  await lock();
  second.kill('SIGTERM');
  expect(await second.ended).toBe(0);
}, 30_000);
