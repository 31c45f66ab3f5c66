import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually, freePort, withDatabase, withRedis } from '../../support/index.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';

const database = withDatabase();
const redis = withRedis();
const ports: number[] = [];
const folders: string[] = [];
let trial: Trial;

const KEEP =
  'id: keep, params: { backup: { type: string } }, steps: ["start_service: {{ service.name }}", "create_backup: {{ params.backup }}"]';

beforeAll(async () => {
  for (let n = 0; n < 2; n += 1) {
    ports.push(await freePort());
    folders.push(await mkdtemp(join(tmpdir(), 'redis-')));
  }
  const services = ports.map(
    (port, n) => `  - name: cache${n}
    runtime: process
    process: { command: [redis-server, --port, "${port}", --bind, 127.0.0.1, --dir, "${folders[n]}", --save, ""], cwd: "${folders[n]}" }
    data_dir: "${folders[n]}"
    health: [{ type: redis, url: "redis://127.0.0.1:${port}", interval: 1h, timeout: 2s }]`,
  );
  const backups = ports.map((_, n) => `cache${n}_backup: { service: cache${n}, location: redis }`);
  trial = await startTrial({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: services.join('\n'),
    more: `backups: { ${backups.join(', ')} }\ntemplates: [{ ${KEEP} }]`,
  });
}, 90_000);

afterAll(async () => {
  for (const [n, folder] of folders.entries()) {
    await ask(n, (client) => client.shutdown('NOSAVE')).catch(() => {});
    await rm(folder, { recursive: true });
  }
}, 60_000);

async function ask<T>(n: number, talk: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ host: '127.0.0.1', port: ports[n], maxRetriesPerRequest: 1 });
  client.on('error', () => {});
  try {
    return await talk(client);
  } finally {
    client.disconnect();
  }
}

async function saved(n: number): Promise<void> {
  const keep = async () =>
    trial.run({
      service: `cache${n}`,
      runbook: 'keep',
      params: { backup: `cache${n}_backup` },
      brokenAt: performance.now(),
    });
  expect(await keep()).toMatchObject({ state: 'SUCCEEDED' });
  await ask(n, async (client) => {
    for (let key = 0; key < 100; key += 1) await client.set(`key:${key}`, 'good');
  });
  expect((await keep()).view.steps[1].summary).toBe('100 keys');
}

/** SIGKILL, as the pid that it tells itself. */
async function kill(n: number): Promise<number> {
  const info = await ask(n, (client) => client.info('server'));
  const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
  process.kill(pid, 'SIGKILL');
  await eventually(() => expect(() => process.kill(pid, 0)).toThrow());
  return performance.now();
}

const outage = (n: number, brokenAt: number, fault?: string) =>
  trial.run({
    service: `cache${n}`,
    runbook: 'redis_outage',
    params: { backup: `cache${n}_backup` },
    brokenAt,
    ...(fault ? { fault } : {}),
  });

describe('redis_outage', () => {
  test('brings a Redis back that was killed and whose dump is damaged', async () => {
    await saved(0);
    const brokenAt = await kill(0);
    await writeFile(join(folders[0] ?? '', 'dump.rdb'), 'damaged');
    const outcome = await outage(0, brokenAt, 'killed, and its dump is damaged');
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
    expect(await ask(0, (client) => client.dbsize())).toBe(100);
  }, 60_000);

  test('restores nothing from a backup that is damaged itself, and says which one is', async () => {
    await saved(1);
    const folder = join(trial.reviver.folder, 'data', 'backups', 'redis', 'cache1_backup');
    for (const file of (await readdir(folder)).filter((name) => name.includes('.rdb'))) {
      const path = join(folder, file);
      await writeFile(path, (await readFile(path)).fill(0, 8, 16));
    }
    const outcome = await outage(1, await kill(1));
    expect(outcome).toMatchObject({ state: 'FAILED', steps: { restore: 'failed', start_service_3: 'pending' } });
    expect(outcome.view.outcome.message).toMatch(
      /Backup \S+ is damaged \(its checksum does not match\); nothing was touched/,
    );
  }, 60_000);
});
