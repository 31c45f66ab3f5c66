import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { createScenes, FIXTURES, GATED, manyServices, NO_APPROVALS, type Scene, threeSteps } from '../support/scene.js';

const DEAF = `action: deaf_append, with: ${GATED}`;
const RUNBOOKS = {
  'gated.yaml': threeSteps('gated', `{ id: b, action: gated_append, with: ${GATED} }`),
  'quick.yaml': threeSteps('quick', '{ id: b, action: ledger_append, with: { file: "{{ params.file }}", line: b } }'),
  'deaf.yaml': threeSteps('deaf', `{ id: b, ${DEAF} }`),
  'deaf_late.yaml': threeSteps('deaf_late', `{ id: b, ${DEAF}, timeout: 300ms }`),
  'retries.yaml': threeSteps(
    'retries',
    '{ id: b, action: run_command, with: { command: [sh, -c, "test -e {{ params.gate }} && echo b >> {{ params.file }}"] }, retry: { strategy: linear_backoff, max_retry_attempts: 9, initial_delay_ms: 4000 } }',
  ),
};

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let recover: ReturnType<typeof createScenes>;
let worker: Running;

beforeAll(async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(30),
    runbooks: RUNBOOKS,
    extensions: FIXTURES,
    more: `max_concurrent_recoveries: 3\nrecovery_timeout: 20s\n${NO_APPROVALS}`,
  });
  recover = createScenes(reviver);
  await reviver.start('server', ['start', '--role', 'api']);
  worker = await reviver.start('worker', ['worker']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
}, 60_000);

async function replaceWorker(name: string): Promise<void> {
  worker.kill('SIGKILL');
  await worker.ended;
  worker = await reviver.start(name, ['worker']);
}

describe('an action that does not heed its signal', () => {
  test('is left behind after a grace: its outcome is unknown, and what it says later is never written', async () => {
    const [late, cancelled] = [await recover('deaf_late'), await recover('deaf')];
    await cancelled.step(1, 'running');
    await reviver.call('POST', `/recoveries/${cancelled.id}/cancel`);
    const waiting: Answer = await late.reaches('AWAITING_MANUAL', 10_000);
    expect(waiting.steps[1]).toMatchObject({
      state: 'unknown',
      error: { message: expect.stringContaining('goes on') },
    });
    expect((await cancelled.reaches('CANCELLED', 10_000)).steps[1].state).toBe('unknown');

    // Both wake up long after they were given up.
    await late.open();
    await cancelled.open();
    await eventually(async () => expect(await late.lines()).toEqual(['a', 'b']));
    await eventually(async () => expect(await cancelled.lines()).toEqual(['a', 'b']));
    await reviver.call('POST', `/recoveries/${late.id}/mark-done`);
    await late.reaches('SUCCEEDED');
    expect(await late.lines()).toEqual(['a', 'b', 'c']);
    expect(await database.query(`SELECT * FROM events WHERE data::text LIKE '%late words%'`)).toEqual([]);
    expect(await database.query(`SELECT * FROM outbox WHERE payload::text LIKE '%late message%'`)).toEqual([]);
  }, 30_000);
});

describe('the time for a recovery', () => {
  test('is over: the running step is stopped, what was done is undone, and nothing is tried again', async () => {
    const scene = await recover('gated');
    const began = performance.now();
    const ended = await scene.reaches('ROLLED_BACK', 28_000);
    expect(performance.now() - began).toBeGreaterThan(19_000);
    expect(ended.steps[1]).toMatchObject({ error: { code: 'recovery_timeout' } });
    expect(await scene.lines()).toEqual(['a', 'undo a']);
  }, 35_000);
});

describe('a worker that is replaced', () => {
  test('while a step waits for its next attempt: the wait goes on where it was', async () => {
    const scene = await recover('retries');
    await eventually(async () =>
      expect((await scene.view()).steps[1]).toMatchObject({ state: 'pending', attempts: 1 }),
    );
    await replaceWorker('worker-2');
    await scene.open();
    const ended = await scene.reaches('SUCCEEDED', 12_000);
    expect(ended.steps[1].attempts).toBe(2);
    expect(await scene.lines()).toEqual(['a', 'b', 'c']);
  }, 30_000);

  test('by one with a lower limit: what runs goes on, what waits goes one by one, claims hold over the takeover', async () => {
    const held = [await recover('gated'), await recover('gated'), await recover('gated')];
    for (const scene of held) await scene.step(1, 'running');
    const config = join(reviver.folder, 'reviver.yaml');
    await writeFile(
      config,
      (await readFile(config, 'utf8')).replace('max_concurrent_recoveries: 3', 'max_concurrent_recoveries: 1'),
    );
    await replaceWorker('worker-3');
    const queued = [await recover('quick'), await recover('quick'), await recover('quick')];
    for (const scene of held) await scene.step(1, 'running', 15_000);
    for (const scene of held) {
      expect(await stillQueued(queued)).toBe(true);
      await scene.open();
      await scene.reaches('SUCCEEDED');
      expect(await scene.lines()).toEqual(['a', 'b', 'c']);
    }
    for (const scene of queued) await scene.reaches('SUCCEEDED');
    expect(await overlaps(queued)).toEqual([]);
    await eventually(async () =>
      expect(await database.query('SELECT recovery_id FROM slots')).toEqual([{ recovery_id: null }]),
    );
    expect(await database.query('SELECT * FROM claims')).toEqual([]);
  }, 30_000);
});

/** Three ran when one may: no place is free before the last of them has ended. */
async function stillQueued(scenes: Scene[]): Promise<boolean> {
  const views = await Promise.all(scenes.map((scene) => scene.view()));
  return views.every(({ state }) => state === 'SCHEDULED');
}

async function overlaps(scenes: Scene[]): Promise<unknown[]> {
  const ids = scenes.map(({ id }) => Number(id.slice(2)));
  return database.query(
    `SELECT x.id, y.id FROM recoveries x, recoveries y WHERE x.id = ANY($1) AND y.id = ANY($1) AND x.id < y.id
       AND x.started_at < y.ended_at AND y.started_at < x.ended_at`,
    [ids],
  );
}
