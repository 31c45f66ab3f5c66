import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { createEventLog } from '../../src/store/event-log.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let pool: Pool;

beforeAll(async () => {
  reviver = await install({ databaseUrl: database.url, redisUrl: redis.url, services: '  []' });
  pool = new Pool({ connectionString: database.url, max: 5 });
}, 60_000);
afterAll(async () => {
  await reviver.stop();
  await pool.end();
}, 60_000);

const sealed = async (kind: string) => {
  const [row] = await database.query('SELECT count(*)::int AS n FROM audit.entries WHERE what = $1', [kind]);
  return Number(row?.n);
};

test('sealers that are killed while others write lose nothing and break nothing', async () => {
  const log = createEventLog(pool);
  let writing = true;
  let written = 0;
  const writers = Array.from({ length: 5 }, async (_, writer) => {
    while (writing) {
      await log.record(null, [{ kind: 'test.act', actor: `writer ${writer}`, data: { n: written } }]);
      written += 1;
    }
  });
  try {
    for (let n = 0; n < 3; n += 1) {
      const before = await sealed('test.act');
      const scheduler = await reviver.start(`scheduler-${n}`, ['start', '--role', 'scheduler']);
      await eventually(async () => expect(await sealed('test.act')).toBeGreaterThan(before), { timeoutMs: 15_000 });
      scheduler.kill('SIGKILL');
      await scheduler.ended;
    }
  } finally {
    writing = false;
    await Promise.all(writers);
  }
  await reviver.start('scheduler', ['start', '--role', 'scheduler']);
  await eventually(async () => expect(await sealed('test.act')).toBe(written), { timeoutMs: 20_000 });
  expect(await sealed('configuration.loaded')).toBe(4);
  const { code, out } = await reviver.shell(['audit', 'verify']);
  expect(out).toMatch(/^Intact: \d+ entries, 1 to \d+\./);
  expect(code).toBe(0);
}, 120_000);

test.each(['jsonl', 'csv'])(
  'an export as %s is verified without a database, and a changed line is found',
  async (format) => {
    const { out, code } = await reviver.shell(['audit', 'export', '--format', format]);
    expect(code).toBe(0);
    const file = join(reviver.folder, `audit.${format}`);
    await writeFile(file, out);
    const offline = { DATABASE_URL: '' };
    const intact = await reviver.shell(['audit', 'verify', '--file', file], undefined, offline);
    expect([intact.code, intact.out]).toEqual([0, expect.stringMatching(/^Intact: \d+ entries, 1 to/)]);

    const lines = out.split('\n');
    lines[7] = lines[7]?.replace('writer', 'winter') ?? '';
    await writeFile(file, lines.join('\n'));
    const changed = await reviver.shell(['audit', 'verify', '--file', file], undefined, offline);
    expect([changed.code, changed.out]).toEqual([1, expect.stringMatching(/^BROKEN: entry [78] was edited/)]);
  },
  60_000,
);

test('an anchor that was kept outside finds a chain that somebody cut off and let be sealed anew', async () => {
  const { out: line } = await reviver.shell(['audit', 'anchor']);
  const anchors = join(reviver.folder, 'anchors.jsonl');
  await writeFile(anchors, line);
  const { out: pem } = await reviver.shell(['audit', 'anchor', '--public-key']);
  expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  const key = join(reviver.folder, 'audit.pem');
  await writeFile(key, pem);
  const elsewhere = { REVIVER_DATA: join(reviver.folder, 'elsewhere') };
  const verify = () =>
    reviver.shell(['audit', 'verify', '--anchors', anchors, '--public-key', key], undefined, elsewhere);
  expect((await verify()).code).toBe(0);

  const { seq } = JSON.parse(line);
  await database.query(
    `SET session_replication_role = replica; DELETE FROM audit.entries WHERE seq >= ${seq}; DELETE FROM audit.anchors`,
  );
  await eventually(async () => {
    const [end] = await database.query('SELECT max(seq)::int AS seq FROM audit.entries');
    return Number(end?.seq) >= seq;
  });
  expect(await verify()).toMatchObject({
    code: 1,
    out: `BROKEN: entry ${seq} was rewritten: it does not follow the one before, or is not the one that was signed.\n`,
  });
}, 60_000);

test('token commands are in the audit by the account of the machine, without the token', async () => {
  const made = await reviver.shell(['token', 'create', '--name', 'ci', '--role', 'viewer']);
  expect(made.out).not.toContain('The audit does not know');
  const secret = made.out.trim().split(' ').at(-1) ?? '';
  await reviver.shell(['token', 'rotate', '--name', 'ci']);
  await reviver.shell(['token', 'revoke', '--name', 'ci']);
  const rows = await database.query(`SELECT kind, actor, data FROM events WHERE kind LIKE 'token.%' ORDER BY id`);
  expect(rows.map(({ kind }) => kind)).toEqual(['token.created', 'token.rotated', 'token.revoked']);
  expect(rows[0]).toMatchObject({
    actor: expect.stringMatching(/^shell:/),
    data: { token: 'ci', roles: ['viewer'], via: 'cli' },
  });
  expect(JSON.stringify(rows)).not.toContain(secret);
  const without = await reviver.shell(['token', 'create', '--name', 'early', '--role', 'viewer'], undefined, {
    DATABASE_URL: '',
  });
  expect(without).toMatchObject({
    code: 0,
    out: expect.stringContaining('The audit does not know of this: DATABASE_URL is not set.'),
  });
}, 60_000);

test('the signing key was made for its owner alone', async () => {
  const key = join(reviver.folder, 'data', 'audit', 'signing.key');
  expect(await readFile(key, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
});
