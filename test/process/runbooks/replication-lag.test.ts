import { beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { type OwnPostgres, startOwnPostgres } from '../../support/postgres.js';
import { type PostgresService, prepareReplica } from '../../support/postgres-service.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';

const database = withDatabase();
const redis = withRedis();
let primary: OwnPostgres;
let replica: PostgresService;
let trial: Trial;

beforeAll(async () => {
  primary = await startOwnPostgres();
  await primary.query('CREATE TABLE orders AS SELECT n AS id FROM generate_series(1, 1000) n');
  // It waits for queries on it as long as they take.
  replica = await prepareReplica(primary.url, ['max_standby_streaming_delay=-1', 'hot_standby=on']);
  trial = await startTrial({ databaseUrl: database.url, redisUrl: redis.url, services: replica.yaml('replica') });
  const started = await trial.run({ service: 'replica', runbook: 'postgres_down', brokenAt: performance.now() });
  expect(started).toMatchObject({ state: 'SUCCEEDED', steps: { tell_replica: 'succeeded' } });
}, 120_000);

const rows = async () => (await replica.query('SELECT count(*)::int AS n FROM orders'))[0]?.n;
const lag = (brokenAt: number, fault?: string, answer?: () => 'approve' | 'reject') =>
  trial.run({
    service: 'replica',
    runbook: 'replication_lag',
    params: { query_seconds: 0, max_seconds: 1 },
    brokenAt,
    ...(fault ? { fault } : {}),
    ...(answer ? { answer } : {}),
  });

describe('replication_lag', () => {
  test('leaves a paused replica paused when people say no', async () => {
    await replica.query('SELECT pg_wal_replay_pause()');
    const outcome = await lag(performance.now(), undefined, () => 'reject');
    expect(outcome).toMatchObject({ state: 'CANCELLED', asked: ['resume'] });
    expect(await replica.query('SELECT pg_is_wal_replay_paused() AS paused')).toEqual([{ paused: true }]);
    await replica.query('SELECT pg_wal_replay_resume()');
  }, 60_000);

  test('resumes replay when people say yes, and the replica catches up', async () => {
    await replica.query('SELECT pg_wal_replay_pause()');
    await eventually(async () =>
      expect(await replica.query('SELECT pg_get_wal_replay_pause_state() AS is')).toEqual([{ is: 'paused' }]),
    );
    const brokenAt = performance.now();
    const before = await rows();
    await primary.query('INSERT INTO orders SELECT n FROM generate_series(1, 50) n');
    expect(await rows()).toBe(before);
    const outcome = await lag(brokenAt, 'replay is paused');
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', asked: ['resume'] });
    expect(outcome.steps).toMatchObject({ end: 'skipped', caught_up: 'succeeded' });
    await eventually(async () => expect(await rows()).toBe(Number(before) + 50));
  }, 60_000);

  test('ends the query that holds replay up, and no other', async () => {
    const other = await session('BEGIN');
    const holder = await session('BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT count(*) FROM orders');
    await primary.query('DELETE FROM orders WHERE id > 500');
    await primary.query('VACUUM orders');
    const waits = `SELECT 1 AS waits FROM pg_stat_activity WHERE backend_type = 'startup' AND wait_event LIKE 'RecoveryConflict%'`;
    await eventually(async () => expect(await replica.query(waits)).toHaveLength(1), { timeoutMs: 20_000 });
    const brokenAt = performance.now();
    await primary.query('INSERT INTO orders VALUES (0)');
    const outcome = await lag(brokenAt, 'a query holds replay up');
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', asked: ['end'], steps: { resume: 'skipped' } });
    await eventually(async () => expect(await replica.query('SELECT id FROM orders WHERE id = 0')).toHaveLength(1));
    await expect(holder.query('SELECT 1')).rejects.toThrow();
    expect((await other.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await other.end();
  }, 60_000);

  test('of a replica whose primary is away says that it receives nothing', async () => {
    await primary.stop();
    const outcome = await lag(performance.now());
    expect(outcome).toMatchObject({ state: 'FAILED', asked: [], steps: { receiving: 'failed', end: 'pending' } });
    expect(outcome.view.outcome.message).toMatch(/See that replica receives from its primary/);
  }, 60_000);
});

async function session(...statements: string[]): Promise<Client> {
  const client = new Client({ connectionString: replica.url });
  client.on('error', () => {});
  await client.connect();
  for (const statement of statements) await client.query(statement);
  return client;
}
