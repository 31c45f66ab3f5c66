import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { type OwnPostgres, startOwnPostgres } from '../../support/postgres.js';
import { queryAt } from '../../support/postgres-service.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';

const database = withDatabase();
const redis = withRedis();
let server: OwnPostgres;
let trial: Trial;

const BACKUP = 'id: keep\nparams: { backup: { type: string } }\nsteps: ["create_backup: {{ params.backup }}"]\n';
const SHOPS = ['shop1', 'shop2', 'shop3', 'shop4'];

beforeAll(async () => {
  server = await startOwnPostgres();
  for (const name of SHOPS) await makeShop(name);
  const at = (name: string) => server.url.replace(/\/postgres$/, `/${name}`);
  const services = SHOPS.map(
    (name) => `  - name: ${name}
    runtime: process
    process: { command: ["true"], cwd: . }
    health: [{ type: postgres, url: "${at(name)}", interval: 1h, timeout: 4s }]`,
  );
  const backups = SHOPS.map((name) => `${name}_backup: { service: ${name}, location: postgres }`);
  trial = await startTrial({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: services.join('\n'),
    more: `backups: { ${backups.join(', ')} }\ntemplates:\n  - ${BACKUP.trim().replaceAll('\n', '\n    ')}`,
  });
}, 90_000);

async function makeShop(name: string): Promise<void> {
  await server.query(`CREATE DATABASE ${name}`);
  await queryAt(
    server.url,
    `CREATE TABLE orders (id int PRIMARY KEY, what text); CREATE TABLE customers (id int);
     INSERT INTO orders SELECT n, 'good' FROM generate_series(1, 1000) n; INSERT INTO customers VALUES (1), (2)`,
    name,
  );
}

async function keep(name: string): Promise<void> {
  const kept = await trial.run({
    service: name,
    runbook: 'keep',
    params: { backup: `${name}_backup` },
    brokenAt: performance.now(),
  });
  expect(kept).toMatchObject({ state: 'SUCCEEDED' });
  expect(kept.view.steps[0].summary).toBe('1,002 rows');
}

const good = (name: string) => queryAt(server.url, `SELECT count(*)::int AS n FROM orders WHERE what = 'good'`, name);
const shops = async (name: string) =>
  (await queryAt(server.url, `SELECT datname FROM pg_database WHERE datname LIKE '${name}%' ORDER BY 1`)).map(
    ({ datname }) => datname,
  );

describe('postgres_restore_from_backup', () => {
  test('brings a dropped table back with every row, and keeps what was written since beside it', async () => {
    await keep('shop1');
    await queryAt(server.url, `INSERT INTO customers VALUES (3); DROP TABLE orders`, 'shop1');
    const brokenAt = performance.now();
    const params = { backup: 'shop1_backup', check: 'SELECT count(*) FROM orders' };
    const outcome = await trial.run({
      service: 'shop1',
      runbook: 'postgres_restore_from_backup',
      fault: 'a table was dropped',
      params,
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true, asked: [null] });
    expect(await good('shop1')).toEqual([{ n: 1_000 }]);
    const [, aside] = await shops('shop1');
    expect(aside).toMatch(/^shop1_before_r_\d+_0$/);
    expect(await queryAt(server.url, 'SELECT id FROM customers ORDER BY 1', String(aside))).toHaveLength(3);
  }, 60_000);

  test('brings a dropped database back', async () => {
    await keep('shop2');
    await server.query('DROP DATABASE shop2');
    const brokenAt = performance.now();
    const params = { backup: 'shop2_backup', check: 'SELECT count(*) FROM orders' };
    const outcome = await trial.run({
      service: 'shop2',
      runbook: 'postgres_restore_from_backup',
      fault: 'the database was dropped',
      params,
      brokenAt,
    });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true });
    expect(await good('shop2')).toEqual([{ n: 1_000 }]);
    expect(await shops('shop2')).toEqual(['shop2']);
  }, 60_000);

  test('goes on where a worker was killed while it restored, and leaves no half of a database', async () => {
    await keep('shop4');
    await queryAt(server.url, 'DROP TABLE orders', 'shop4');
    const params = { backup: 'shop4_backup', check: 'SELECT count(*) FROM orders' };
    const running = trial.run({
      service: 'shop4',
      runbook: 'postgres_restore_from_backup',
      params,
      brokenAt: performance.now(),
    });
    await eventually(async () => (await shops('shop4')).some((name) => String(name).includes('_incoming_')), {
      timeoutMs: 30_000,
      everyMs: 1,
    });
    for (const { pid } of await database.query('SELECT pid FROM workers')) process.kill(Number(pid), 'SIGKILL');
    // The database that people use is as it was, damaged but there.
    expect(await queryAt(server.url, 'SELECT count(*)::int AS n FROM customers', 'shop4')).toEqual([{ n: 2 }]);
    await trial.reviver.start('second worker', ['worker'], { REVIVER_SECRET_KEY: '11'.repeat(32) });
    expect(await running).toMatchObject({ state: 'SUCCEEDED' });
    expect(await good('shop4')).toEqual([{ n: 1_000 }]);
    expect(await shops('shop4')).toEqual(['shop4', expect.stringMatching(/^shop4_before_r_\d+_0$/)]);
  }, 120_000);

  test('puts the database from before back when the restored one does not answer what people ask', async () => {
    await keep('shop3');
    await queryAt(server.url, `CREATE TABLE invoices (id int); UPDATE orders SET what = 'bad'`, 'shop3');
    const brokenAt = performance.now();
    const params = { backup: 'shop3_backup', check: 'SELECT count(*) FROM invoices' };
    const outcome = await trial.run({ service: 'shop3', runbook: 'postgres_restore_from_backup', params, brokenAt });
    expect(outcome).toMatchObject({ state: 'ROLLED_BACK', steps: { restore: 'undone', check: 'failed' } });
    expect(await good('shop3')).toEqual([{ n: 0 }]);
    expect(await queryAt(server.url, 'SELECT * FROM invoices', 'shop3')).toEqual([]);
    expect(await shops('shop3')).toEqual(['shop3', expect.stringMatching(/^shop3_incoming_r_\d+_0$/)]);
  }, 60_000);
});
