import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startOwnRedis, withDatabase } from '../support/index.js';
import { type Answer, type Installation, install } from '../support/reviver.js';
import { LEDGER, linesIn, manyServices, NO_APPROVALS } from '../support/scene.js';

const APPEND = '{ action: ledger_append, with: { file: "{{ params.file }}", line: LINE } }';

const RUNBOOKS = {
  'quick.yaml': `id: quick
params: { file: { type: string } }
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
params: { file: { type: string } }
steps:
  - ${APPEND.replace('LINE', 'a')}
  - { action: run_command, with: { command: [test, -e, "{{ params.file }}.go"] }, retry: { strategy: linear_backoff, max_retry_attempts: 9, initial_delay_ms: 3000 } }
  - ${APPEND.replace('LINE', 'b')}
`,
};

const database = withDatabase();
let redis: Awaited<ReturnType<typeof startOwnRedis>>;
let reviver: Installation;
let next = 0;

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
  await reviver.start('server', ['start', '--role', 'api']);
  await reviver.start('worker', ['worker']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  await redis.stop();
}, 60_000);

async function recover(
  runbook: string,
): Promise<{ id: string; file: string; gate: string; open(): Promise<void>; lines(): Promise<string[]> }> {
  next += 1;
  const file = join(reviver.folder, `ledger-${next}.txt`);
  const gate = `${file}.gate`;
  const params = runbook === 'gated' ? { file, gate } : { file };
  const { status, body } = await reviver.call('POST', `/recover/s${next}`, { runbook, params });
  expect(status).toBe(202);
  return {
    id: body.id,
    file,
    gate,
    open: () => writeFile(gate, ''),
    lines: () => linesIn(file),
  };
}

async function reaches(id: string, state: string, timeoutMs = 20_000): Promise<Answer> {
  return eventually(
    async () => {
      const { body } = await reviver.call('GET', `/recoveries/${id}`);
      expect(body.state).toBe(state);
      return body;
    },
    { timeoutMs },
  );
}

async function stepRuns(id: string, index: number): Promise<void> {
  await eventually(
    async () => expect((await reviver.call('GET', `/recoveries/${id}`)).body.steps[index].state).toBe('running'),
    { timeoutMs: 10_000 },
  );
}

describe('Redis may lose everything (D6)', () => {
  test('FLUSHALL while a recovery waits for its next attempt costs at most 10 s', async () => {
    const { id, file, lines } = await recover('retries');
    const waiting = expect.objectContaining({ state: 'pending', attempts: 1 });
    await eventually(
      async () => expect((await reviver.call('GET', `/recoveries/${id}`)).body.steps[1]).toEqual(waiting),
      { timeoutMs: 10_000 },
    );
    await redis.flush();
    await writeFile(`${file}.go`, '');
    await reaches(id, 'SUCCEEDED', 3_000 + 10_000);
    expect(await lines()).toEqual(['a', 'b']);
  }, 60_000);

  test('FLUSHALL right after 20 requests loses none of them', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => recover('quick')));
    await redis.flush();
    for (const { id, lines } of asked) {
      await reaches(id, 'SUCCEEDED');
      expect(await lines()).toEqual(['a', 'b']);
    }
  }, 60_000);
});

describe('Redis may be gone (D7)', () => {
  test('killed in the middle of a step: the recovery goes on, new ones run, commands are answered', async () => {
    const running = await recover('gated');
    await stepRuns(running.id, 1);
    await redis.kill();
    await eventually(async () => expect((await reviver.call('GET', '/status')).status).toBe(200), { timeoutMs: 5_000 });
    const fresh = await recover('quick');
    await reaches(fresh.id, 'SUCCEEDED');
    await running.open();
    await reaches(running.id, 'SUCCEEDED');
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
    await reaches(id, 'SUCCEEDED');
    expect(await lines()).toEqual(['a', 'b']);
  }, 60_000);

  test('frozen: requests are still answered at once', async () => {
    process.kill(redis.pid ?? 0, 'SIGSTOP');
    try {
      const began = Date.now();
      const { id } = await recover('quick');
      expect(Date.now() - began).toBeLessThan(2_000);
      await reaches(id, 'SUCCEEDED');
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
