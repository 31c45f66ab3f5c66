import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startOwnRedis, withDatabase } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { createScenes, LEDGER, manyServices, NO_APPROVALS } from '../support/scene.js';

const APPEND = '{ action: ledger_append, with: { file: "{{ params.file }}", line: LINE } }';

const RUNBOOKS = {
  'quick.yaml': `id: quick
params: { file: { type: string }, gate: { type: string } }
steps:
  - ${APPEND.replace('LINE', 'a')}
  - ${APPEND.replace('LINE', 'b')}
`,
  // The middle step waits until the test has done its worst.
  'gated.yaml': `id: gated
params: { file: { type: string }, gate: { type: string } }
steps:
  - ${APPEND.replace('LINE', 'a')}
  - { action: run_command, with: { command: [sh, -c, "while [ ! -e {{ params.gate }} ]; do sleep 0.05; done"] }, timeout: 60s, retry: { strategy: immediate, max_retry_attempts: 1 } }
  - ${APPEND.replace('LINE', 'b')}
`,
  'retries.yaml': `id: retries
params: { file: { type: string }, gate: { type: string } }
steps:
  - ${APPEND.replace('LINE', 'a')}
  - { action: run_command, with: { command: [test, -e, "{{ params.file }}.go"] }, retry: { strategy: linear_backoff, max_retry_attempts: 9, initial_delay_ms: 3000 } }
  - ${APPEND.replace('LINE', 'b')}
`,
};

const database = withDatabase();
let redis: Awaited<ReturnType<typeof startOwnRedis>>;
let reviver: Installation;
let recover: ReturnType<typeof createScenes>;

beforeAll(async () => {
  redis = await startOwnRedis();
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(40),
    runbooks: RUNBOOKS,
    extensions: [LEDGER],
    more: NO_APPROVALS,
  });
  recover = createScenes(reviver);
  await reviver.start('server', ['start', '--role', 'api']);
  await reviver.start('worker', ['worker']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  await redis.stop();
}, 60_000);

describe('Redis may lose everything (D6)', () => {
  test('FLUSHALL while a recovery waits for its next attempt costs at most 10 s', async () => {
    const { id, file, lines } = await recover('retries');
    const waiting = expect.objectContaining({ state: 'pending', attempts: 1 });
    await eventually(async () => expect((await reviver.recovery(id)).steps[1]).toEqual(waiting), { timeoutMs: 10_000 });
    await redis.flush();
    await writeFile(`${file}.go`, '');
    await reviver.reaches(id, 'SUCCEEDED', 3_000 + 10_000);
    expect(await lines()).toEqual(['a', 'b']);
  }, 60_000);

  test('FLUSHALL right after 20 requests loses none of them', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => recover('quick')));
    await redis.flush();
    for (const { id, lines } of asked) {
      await reviver.reaches(id, 'SUCCEEDED');
      expect(await lines()).toEqual(['a', 'b']);
    }
  }, 60_000);
});

describe('Redis may be gone (D7)', () => {
  test('killed in the middle of a step: the recovery goes on, new ones run, commands are answered', async () => {
    const running = await recover('gated');
    await running.step(1, 'running');
    await redis.kill();
    await eventually(async () => expect((await reviver.call('GET', '/status')).status).toBe(200), { timeoutMs: 5_000 });
    const fresh = await recover('quick');
    await reviver.reaches(fresh.id, 'SUCCEEDED');
    await running.open();
    await reviver.reaches(running.id, 'SUCCEEDED');
    expect(await running.lines()).toEqual(['a', 'b']);
    const health = await reviver.call('GET', '/health');
    expect(health.status).toBe(200);
    expect(health.body).toMatchObject({
      status: 'degraded',
      checks: { redis: { status: expect.not.stringContaining('ok') } },
    });
    expect(reviver.log('worker')).toContain('cache:fallback');
  }, 60_000);

  test('back again: queues take over, and each process says so', async () => {
    await redis.start();
    await eventually(async () => expect(reviver.log('worker')).toContain('init_cache_safe: Redis is back'), {
      timeoutMs: 15_000,
    });
    const { id, lines } = await recover('quick');
    await reviver.reaches(id, 'SUCCEEDED');
    expect(await lines()).toEqual(['a', 'b']);
  }, 60_000);

  test('frozen: requests are still answered at once', async () => {
    process.kill(redis.pid ?? 0, 'SIGSTOP');
    try {
      const began = Date.now();
      const { id } = await recover('quick');
      expect(Date.now() - began).toBeLessThan(2_000);
      await reviver.reaches(id, 'SUCCEEDED');
    } finally {
      process.kill(redis.pid ?? 0, 'SIGCONT');
    }
  }, 60_000);

  test('a worker ends in good order while Redis is gone', async () => {
    await redis.kill();
    const extra = await reviver.start('extra', ['worker']);
    extra.kill('SIGTERM');
    expect(await extra.ended).toBe(0);
    await redis.start();
  }, 60_000);
});
