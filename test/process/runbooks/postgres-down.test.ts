import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../../support/index.js';
import { type PostgresService, postmasterOf, preparePostgres } from '../../support/postgres-service.js';
import { startTrial, type Trial } from '../../support/runbook-trial.js';

const database = withDatabase();
const redis = withRedis();
let server: PostgresService;
let spoilt: PostgresService;
let trial: Trial;

beforeAll(async () => {
  server = await preparePostgres();
  spoilt = await preparePostgres();
  trial = await startTrial({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: [server.yaml('postgres'), spoilt.yaml('spoilt')].join('\n'),
  });
}, 90_000);

async function signalled(signal: NodeJS.Signals): Promise<number> {
  const pid = (await postmasterOf(server.data)) ?? 0;
  process.kill(pid, signal);
  const brokenAt = performance.now();
  if (signal === 'SIGKILL') await eventually(() => expect(() => process.kill(pid, 0)).toThrow());
  return brokenAt;
}

const down = (brokenAt: number, fault?: string, service = 'postgres') =>
  trial.run({ service, runbook: 'postgres_down', brokenAt, ...(fault ? { fault } : {}) });

describe('postgres_down', () => {
  test('starts a server that is stopped, without asking anybody', async () => {
    expect(await down(performance.now(), 'stopped')).toMatchObject({
      state: 'SUCCEEDED',
      firstAttempt: true,
      asked: [],
    });
    await server.query('CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n');
  }, 60_000);

  test('brings one back that was killed, with all that was committed', async () => {
    const outcome = await down(await signalled('SIGKILL'), 'killed');
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', firstAttempt: true });
    expect(outcome.steps).toMatchObject({ role: 'succeeded', tell_replica: 'skipped' });
    expect(await server.query('SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 1_000 }]);
  }, 60_000);

  test('brings one back that hangs', async () => {
    const outcome = await down(await signalled('SIGSTOP'), 'hangs');
    expect(outcome).toMatchObject({ state: 'SUCCEEDED' });
    expect(await server.query('SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 1_000 }]);
  }, 90_000);

  test('of one that refuses to start says what its log says, and leaves it to people', async () => {
    await appendFile(join(spoilt.data, 'postgresql.conf'), "shared_buffers = 'plenty'\n");
    const outcome = await down(performance.now(), undefined, 'spoilt');
    expect(outcome).toMatchObject({ state: 'FAILED', steps: { start: 'failed', recovered: 'pending' } });
    expect(outcome.view.outcome.message).toMatch(/spoilt ended at once .*invalid value for parameter "shared_buffers"/);
  }, 60_000);
});
