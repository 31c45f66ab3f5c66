import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { withDatabase, withRedis } from '../../support/index.js';
import { type OwnPostgres, startOwnPostgres } from '../../support/postgres.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';

const database = withDatabase();
const redis = withRedis();
let server: OwnPostgres;
let trial: Trial;
let clients: Client[] = [];
let superuser: Client;

beforeAll(async () => {
  server = await startOwnPostgres({ args: ['-c', 'max_connections=14', '-c', 'max_wal_senders=2'] });
  await server.query(`CREATE ROLE app LOGIN PASSWORD 'app'`);
  await server.query(`CREATE ROLE copy LOGIN REPLICATION PASSWORD 'copy'`);
  trial = await startTrial({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `  - name: orders-db
    runtime: process
    process: { command: ["true"], cwd: . }
    health: [{ type: postgres, url: "${server.url}", interval: 1h, timeout: 4s }]`,
  });
  superuser = await connected('postgres', server.url);
  await superuser.query('BEGIN');
}, 90_000);

afterEach(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => {})));
  clients = [];
});
afterAll(async () => {
  await superuser.end();
});

async function connected(user: string, url = server.url): Promise<Client> {
  const at = new URL(url);
  if (user !== 'postgres') {
    at.username = user;
    at.password = user;
  }
  const client = new Client({ connectionString: at.href, application_name: `${user}-pool` });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Takes what connections there are, with this as each one's last word; when the server has refused one more. */
async function exhaust(last: string): Promise<number> {
  for (;;) {
    const client = await connected('app').catch((error: unknown) => String(error));
    if (typeof client === 'string') {
      expect(client).toMatch(/too many clients|remaining connection slots/);
      return performance.now();
    }
    clients.push(client);
    const said = client.query(last).catch(() => {});
    if (last.startsWith('BEGIN')) await said;
  }
}

const run = (params: Record<string, string | number>, brokenAt: number, fault?: string) =>
  trial.run({
    service: 'orders-db',
    runbook: 'postgres_connections_exhausted',
    params,
    brokenAt,
    ...(fault ? { fault } : {}),
  });

describe('postgres_connections_exhausted', () => {
  test('ends clients that sit in open transactions, and spares superusers, replication and those that work', async () => {
    const copy = await connected('copy');
    clients.push(copy);
    await copy.query('BEGIN');
    const worker = await connected('app');
    clients.push(worker);
    const working = worker.query('SELECT pg_sleep(30)').catch((error: unknown) => String(error));
    const brokenAt = await exhaust('BEGIN');
    const outcome = await run({ idle_seconds: 0 }, brokenAt, 'clients sit in open transactions');
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
    await (await connected('app')).end();
    for (const spared of [superuser, copy]) expect((await spared.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    const { rows } = await superuser.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active' AND usename = 'app'`,
    );
    expect(rows).toEqual([{ n: 1 }]);
    await superuser.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'`);
    expect(await working).toMatch(/canceling statement/);
  }, 60_000);

  test('of clients that all work ends none, and says that none is free', async () => {
    const brokenAt = await exhaust('SELECT pg_sleep(60)');
    const outcome = await run({ idle_seconds: 0 }, brokenAt);
    expect(outcome).toMatchObject({ state: 'FAILED', steps: { end: 'succeeded', free: 'failed', tell: 'pending' } });
    expect(outcome.view.outcome.message).toMatch(/See that 3 connections of orders-db are free/);
    await superuser.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'`);
  }, 60_000);
});
