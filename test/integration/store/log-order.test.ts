import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { createChatStore } from '../../../src/store/chat-store.js';
import { createEventLog } from '../../../src/store/event-log.js';
import { continueLog } from '../../../src/store/log-order.js';
import { withDatabase } from '../../support/index.js';
import { type OwnPostgres, startOwnPostgres } from '../../support/postgres.js';

/** Backups are restored into other clusters of Postgres, which have counted fewer transactions. */
const run = promisify(execFile);
const database = withDatabase();
let other: OwnPostgres;
const pools: Pool[] = [];

beforeAll(async () => {
  other = await startOwnPostgres();
}, 60_000);
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await other.stop();
}, 60_000);

function open(url: string): Pool {
  const pool = new Pool({ connectionString: url });
  pool.on('error', () => {});
  pools.push(pool);
  return pool;
}

const one = (kind: string) => [{ kind, actor: 'test', data: {} }];

test('whoever follows the log goes on in a new cluster where they were, and hears each event once', async () => {
  const before = open(database.url);
  // As after some weeks.
  await before.query('UPDATE log_order SET ahead = 1000000');
  const log = createEventLog(before);
  const start = (await log.eventsSince(null, 10)).cursor;
  await log.record(null, one('heard before'));
  const heard = await log.eventsSince(start, 10);
  await log.record(7, one('not heard yet'));
  await before.query('UPDATE log_order SET ahead = 0');
  expect(heard.events.map(({ kind }) => kind)).toEqual(['heard before']);

  await run('bash', [
    '-c',
    'pg_dump --format=custom "$0" | pg_restore --no-owner --dbname "$1"',
    database.url,
    other.url,
  ]);
  const after = open(other.url);
  await continueLog(after);
  const [{ ahead }] = (await after.query('SELECT ahead::int FROM log_order')).rows;
  await continueLog(after);
  expect((await after.query('SELECT ahead::int FROM log_order')).rows).toEqual([{ ahead }]);
  const restored = createEventLog(after);
  await restored.record(7, one('since'));
  const followed = await restored.eventsSince(heard.cursor, 10);
  expect(followed.events.map(({ kind }) => kind)).toEqual(['not heard yet', 'since']);
  expect((await restored.events(7)).map(({ kind }) => kind)).toEqual(['not heard yet', 'since']);
  expect((await restored.eventsSince(followed.cursor, 10)).events).toEqual([]);
  expect(await createChatStore(after).changedSince(heard.cursor)).toMatchObject({ recoveries: [7], more: false });
}, 60_000);
