import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { withDatabase, withRedis } from '../../support/index.js';
import { type OwnRedis, startOwnRedis } from '../../support/redis.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';

const database = withDatabase();
const redis = withRedis();
let trial: Trial;
const full: { server: OwnRedis; client: Redis }[] = [];

beforeAll(async () => {
  for (let n = 0; n < 4; n += 1) {
    const server = await startOwnRedis({ args: ['--maxmemory', '8mb', '--maxmemory-policy', 'noeviction'] });
    full.push({ server, client: new Redis(server.url, { maxRetriesPerRequest: 1 }) });
  }
  const services = full.map(
    ({ server }, n) => `  - name: cache${n}
    runtime: process
    process: { command: ["true"], cwd: . }
    health: [{ type: redis, url: "${server.url}", interval: 1h, timeout: 2s }]`,
  );
  trial = await startTrial({ databaseUrl: database.url, redisUrl: redis.url, services: services.join('\n') });
}, 90_000);

afterAll(() => {
  for (const { client } of full) client.disconnect();
});

const VALUE = 'x'.repeat(10_000);

/** Writes until it refuses; returns when that was. What an earlier try left goes first. */
async function fill(client: Redis, expiry: number | undefined): Promise<number> {
  await client.config('SET', 'maxmemory', '8mb');
  await client.config('SET', 'maxmemory-policy', 'noeviction');
  await client.flushall();
  for (let n = 0; n < 50; n += 1) await client.set(`kept:${n}`, VALUE);
  for (let n = 0; ; n += 1) {
    const args = expiry === undefined ? [] : ['EX', expiry];
    const said = await client.call('SET', `filler:${n}`, VALUE, ...args).catch((error: unknown) => String(error));
    if (String(said).includes('OOM')) return performance.now();
  }
}

function nth(n: number): Redis {
  const one = full[n];
  if (!one) throw new Error('there are only four');
  return one.client;
}

const setting = (client: Redis, name: string): Promise<unknown> => client.config('GET', name);
const kept = async (client: Redis) => client.exists(...Array.from({ length: 50 }, (_, n) => `kept:${n}`));

describe('redis_memory_full', () => {
  test('makes a full Redis take writes again, and keys without an expiry stay', async () => {
    const client = nth(0);
    const brokenAt = await fill(client, 3_600);
    const outcome = await trial.run({
      service: 'cache0',
      runbook: 'redis_memory_full',
      fault: 'refuses writes, keys with an expiry',
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
    expect(outcome.steps).toMatchObject({ evict: 'succeeded', raise: 'skipped', tell_limit: 'skipped' });
    expect(await client.set('again', VALUE)).toBe('OK');
    expect(await kept(client)).toBe(50);
  }, 60_000);

  test('raises the limit where people choose that', async () => {
    const client = nth(1);
    const brokenAt = await fill(client, undefined);
    const params = { how: 'raise', maxmemory_mb: 16 };
    const fault = 'refuses writes, no key may go';
    const outcome = await trial.run({ service: 'cache1', runbook: 'redis_memory_full', fault, params, brokenAt });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', asked: [null] });
    expect(await setting(client, 'maxmemory')).toEqual(['maxmemory', String(16 * 1024 * 1024)]);
    expect(await setting(client, 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await client.set('again', VALUE)).toBe('OK');
  }, 60_000);

  test('puts the policy back when no key may go, and says that writes are still refused', async () => {
    const client = nth(2);
    const brokenAt = await fill(client, undefined);
    const outcome = await trial.run({ service: 'cache2', runbook: 'redis_memory_full', brokenAt });
    expect(outcome.state).toBe('ROLLED_BACK');
    expect(outcome.steps).toMatchObject({ evict: 'undone', tell_policy: 'pending' });
    expect(JSON.stringify(outcome.view)).toContain('OOM command not allowed');
    expect(await setting(client, 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    expect(await kept(client)).toBe(50);
  }, 60_000);

  test('asks before it would lower the limit, and a no changes nothing', async () => {
    const client = nth(3);
    const brokenAt = await fill(client, undefined);
    const outcome = await trial.run({
      service: 'cache3',
      runbook: 'redis_memory_full',
      params: { how: 'raise', maxmemory_mb: 4 },
      brokenAt,
      answer: (step) => (step === null ? 'approve' : 'reject'),
    });
    expect(outcome).toMatchObject({ state: 'CANCELLED', asked: [null, 'lower'] });
    expect(await setting(client, 'maxmemory')).toEqual(['maxmemory', String(8 * 1024 * 1024)]);
  }, 60_000);
});
