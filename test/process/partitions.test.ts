import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';

const run = promisify(execFile);
const database = withDatabase();
const empty = withDatabase();
const redis = withRedis();
let reviver: Installation;

beforeAll(async () => {
  reviver = await install({ databaseUrl: database.url, redisUrl: redis.url, services: '  []' });
}, 60_000);
afterAll(() => reviver.stop(), 60_000);

const partitions = async () =>
  (
    await database.query(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1`,
    )
  ).map(({ name }) => String(name));

/** As after months without anybody who made them: what comes in now has none. */
async function neglect(): Promise<string[]> {
  const before = await partitions();
  for (const name of before) if (name !== 'events_default') await database.query(`DROP TABLE ${name}`);
  await database.query(`INSERT INTO events (kind, actor, data) VALUES ('stray', 'test', '{}')`);
  return before;
}

test('reviver partitions makes what is missing now, and says so', async () => {
  const before = await neglect();
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    REVIVER_CONFIG: `${reviver.folder}/reviver.yaml`,
    REVIVER_DATA: reviver.folder,
  };
  const { stdout } = await run(process.execPath, ['dist/src/main.js', 'partitions'], { env });
  expect(stdout).toContain('Partitions: 4 made, 0 dropped');
  expect(await partitions()).toEqual(before);
  const again = await run(process.execPath, ['dist/src/main.js', 'partitions'], { env });
  expect(again.stdout).toContain('Partitions: 0 made, 0 dropped');
}, 60_000);

test.each(['partitions', 'constitution show'])(
  '%s tells a database without a schema what it lacks',
  async (words) => {
    await empty.query('DROP SCHEMA public CASCADE');
    await empty.query('CREATE SCHEMA public');
    const env = { ...process.env, DATABASE_URL: empty.url, REVIVER_CONFIG: `${reviver.folder}/reviver.yaml` };
    const refused = run(process.execPath, ['dist/src/main.js', ...words.split(' ')], { env });
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: 'reviver: There is nothing of Reviver in this database yet. Run: reviver migrate\n',
    });
  },
  60_000,
);

test('a scheduler makes what is missing at its start, and its jobs have their times', async () => {
  const before = await neglect();
  await reviver.start('scheduler', ['start', '--role', 'scheduler']);
  await eventually(async () => expect(await partitions()).toEqual(before), { timeoutMs: 15_000 });
  expect(await database.query('SELECT count(*)::int AS n FROM events_default')).toEqual([{ n: 0 }]);
  await eventually(async () =>
    expect(await database.query(`SELECT name, cron FROM housekeeping WHERE name !~ '^backup' ORDER BY name`)).toEqual([
      { name: 'drills', cron: '0 10 * 1,4,7,10 2#1' },
      { name: 'partitions', cron: '0 2 1 * *' },
      { name: 'partitions_check', cron: '30 2 * * *' },
      { name: 'retention', cron: '0 3 * * *' },
    ]),
  );
}, 60_000);
