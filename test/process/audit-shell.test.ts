import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { manyServices } from '../support/scene.js';

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;

beforeAll(async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(1),
    env: { REVIVER_SECRET_KEY: 'ab'.repeat(32) },
  });
}, 60_000);
afterAll(() => reviver.stop(), 60_000);

const told = async (command: string) =>
  database.query(`SELECT kind, actor, data FROM events WHERE data->>'command' = $1 ORDER BY id`, [command]);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What is typed, and how it ends. */
const ACTS: [string[], { code: number; error?: string }][] = [
  [['migrate'], { code: 0 }],
  [['partitions'], { code: 0 }],
  [['backup', 'now', 'reviver_knowledge'], { code: 0 }],
  [['backup', 'verify', 'reviver_knowledge'], { code: 0 }],
  [['backup', 'restore-knowledge', '--force'], { code: 0 }],
  [['backup', 'restore-knowledge', 'nothing'], { code: 1, error: 'No backup "nothing"' }],
  [['backup', 'fetch', 'reviver_knowledge'], { code: 1, error: 'BACKUP_S3_URL' }],
  [['backup', 'fetch-snapshot', 's1'], { code: 1, error: 'BACKUP_VOLUMES_S3_URL' }],
  [['audit', 'export', '--format', 'csv'], { code: 0 }],
];

test.each(ACTS)(
  '%j is in the audit when it begins and when it ended, by the account of the machine',
  async (typed, { code, error }) => {
    const words = typed.slice(0, typed[0] === 'backup' || typed[0] === 'audit' ? 2 : 1).join(' ');
    const before = (await told(words)).length;
    const ran = await reviver.shell(typed);
    expect(ran.code).toBe(code);
    expect(ran.err).not.toContain('The audit does not know');
    const rows = (await told(words)).slice(before);
    expect(rows.map(({ kind }) => kind)).toEqual(['shell.began', 'shell.ended']);
    for (const { actor, data } of rows) {
      expect(actor).toMatch(/^shell:/);
      expect(data).toMatchObject({ digest: sha256(typed.join(' ')), via: 'cli', address: expect.any(String) });
    }
    expect(rows.at(-1)?.data).toMatchObject({
      exit_code: code,
      ...(error === undefined ? {} : { error: expect.stringContaining(error) }),
    });
  },
  60_000,
);

test('reading changes nothing, and is not told', async () => {
  expect(await reviver.shell(['backup', 'list'])).toMatchObject({ code: 0 });
  expect(await told('backup list')).toEqual([]);
});

test('what nobody could record says so, and is done all the same', async () => {
  const target = join(reviver.folder, 'found');
  const ran = await reviver.shell(['backup', 'now', 'reviver_configuration']);
  expect(ran.code).toBe(0);
  const laid = await reviver.shell(['backup', 'restore-configuration', target], undefined, { DATABASE_URL: '' });
  expect(laid).toMatchObject({
    code: 0,
    err: 'The audit does not know of this: DATABASE_URL is not set.\n',
  });
}, 60_000);

test('all of it is sealed, and the chain holds', async () => {
  await reviver.start('scheduler', ['start', '--role', 'scheduler']);
  await eventually(
    async () => {
      const [row] = await database.query(
        `SELECT count(*)::int AS n, count(e.event_id)::int AS sealed FROM events v LEFT JOIN audit.entries e ON e.event_id = v.id WHERE v.kind LIKE 'shell.%'`,
      );
      expect(row?.n).toBeGreaterThan(10);
      expect(row?.sealed).toBe(row?.n);
    },
    { timeoutMs: 15_000 },
  );
  expect(await reviver.shell(['audit', 'verify'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Intact/) });
}, 60_000);
