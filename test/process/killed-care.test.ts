import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { createBackupCatalog } from '../../src/engine/backups/catalog.js';
import { verify } from '../../src/engine/backups/verify.js';
import { own, startArchiving } from '../integration/engine/backups/archiving-server.js';
import { type S3Server, startS3 } from '../platforms/s3/server.js';
import { eventually } from '../support/eventually.js';
import { queryAt } from '../support/postgres-service.js';
import { type OwnRedis, startOwnRedis } from '../support/redis.js';
import { type Installation, install, type Running } from '../support/reviver.js';
import { manyServices } from '../support/scene.js';

/** Each job of routine care is killed in its middle, for real: a scheduler gets SIGKILL, and another one does the work. */
const KEY = 'ab'.repeat(32);
const NEVER = '0 0 1 1 *';
const JOBS = [
  'backup_postgres',
  'backup_redis',
  'backup_redis_recent',
  'backup_knowledge',
  'backup_configuration',
  'backup_verify',
  'backup_upload',
  'backup_base',
  'backup_wal',
  'backup_wal_upload',
  'backup_base_upload',
  'partitions',
  'partitions_check',
  'retention',
];
const OLD_BACKUPS = 400;

let folder: string;
let wal: string;
let base: string;
let server: Awaited<ReturnType<typeof startArchiving>>;
let url: string;
let redis: OwnRedis;
let s3: S3Server;
let reviver: Installation;
let blocker: Client;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const made = await createPrivateFolder('reviver-killed');
  folder = made.path;
  closing.push(() => made.remove());
  [wal, base] = [await own(join(folder, 'wal')), await own(join(folder, 'base'))];
  server = await startArchiving(folder, wal, 60);
  closing.push(() => server.stop());
  await queryAt(server.url, 'CREATE DATABASE reviver');
  url = server.url.replace(/\/[^/]*$/, '/reviver');
  redis = await startOwnRedis();
  s3 = await startS3();
  closing.push(() => s3.close());
  blocker = new Client({ connectionString: url });
  blocker.on('error', () => {});
  await blocker.connect();
  closing.push(() => blocker.end());
  reviver = await install({
    databaseUrl: url,
    redisUrl: redis.url,
    services: manyServices(1),
    more: `housekeeping: { schedules: { ${JOBS.map((name) => `${name}: "${NEVER}"`).join(', ')} } }`,
    env: {
      REVIVER_SECRET_KEY: KEY,
      BACKUP_WAL_DIR: wal,
      BACKUP_BASE_DIR: base,
      BACKUP_S3_URL: s3.url,
      BACKUP_ARCHIVE_S3_URL: s3.url.replace(/\/reviver$/, '/archive'),
    },
  });
  closing.push(() => reviver.stop());
  expect(await reviver.shell(['migrate'])).toMatchObject({ code: 0 });
  // What is good from here on must stay good, and every job gets its row.
  expect(await reviver.shell(['backup', 'now'])).toMatchObject({ code: 0 });
  expect(await reviver.shell(['backup', 'verify'])).toMatchObject({ code: 0 });
  const first = await reviver.start('first', ['start', '--role', 'scheduler']);
  for (const name of JOBS) await eventually(async () => expect(await job(name)).toBeDefined());
  await end(first);
}, 120_000);
afterAll(async () => {
  for (const close of closing.reverse()) await close();
}, 60_000);

const ask = (text: string) => queryAt(url, text, 'reviver');
const job = async (name: string) =>
  (await ask(`SELECT *, next_at > now() AS later FROM housekeeping WHERE name = '${name}'`))[0];
const data = (...more: string[]) => join(reviver.folder, 'data', ...more);
const namesIn = (dir: string, like: RegExp) =>
  readdir(dir).then(
    (names) => names.filter((name) => like.test(name)),
    () => [],
  );
const catalog = () =>
  createBackupCatalog(
    {
      reviver_postgres: { service: 'reviver_postgres', location: 'postgres' },
      reviver_redis: { service: 'reviver_redis', location: 'redis' },
      reviver_knowledge: { service: 'reviver_postgres', location: 'knowledge' },
      reviver_configuration: { service: 'reviver_configuration', location: 'configuration' },
    },
    { dir: data('backups'), secretKey: KEY },
  );

/** Ids of all backups that count; each has been read to its end. */
async function good(): Promise<string[]> {
  const known = catalog();
  const ids: string[] = [];
  for (const name of known.names()) {
    expect(await known.damaged(name)).toEqual([]);
    for (const record of await known.list(name)) {
      expect(await verify(record)).toBeUndefined();
      ids.push(`${name}/${record.id}`);
    }
  }
  return ids.sort();
}

/** Folders with open data, scratch databases, and parts of base backups. */
async function leftovers(): Promise<string[]> {
  const scratch = await ask(`SELECT datname FROM pg_database WHERE datname LIKE 'reviver\\_scratch%'`);
  const filling = await ask(`SELECT relname FROM pg_class WHERE relname LIKE 'events\\_filling%' AND relkind = 'r'`);
  return [
    ...(await namesIn(data(), /^(opened|dump|packing|opening)-/)),
    ...(await namesIn(tmpdir(), new RegExp(`^rdb-[0-9a-f]{8}-(${doomedPids.join('|')})-`))),
    ...(await namesIn(base, /\.part$/)),
    ...scratch.map(({ datname }) => String(datname)),
    ...filling.map(({ relname }) => String(relname)),
  ];
}

const doomedPids: number[] = [0];
const isYoung = (id: string) => !id.includes('/20200101');

async function end(one: Running): Promise<void> {
  one.kill('SIGTERM');
  await one.ended;
}

interface Middle {
  job: string;
  /** Keeps the job in its middle, if need be; gives what lets go. */
  hold(): Promise<() => unknown>;
  /** It is in its middle. */
  reached(): Promise<unknown>;
  /** What holds while nobody runs it, besides that all good backups are good. */
  meanwhile?(): Promise<void>;
  /** What the next one has done. */
  done(before: string[]): Promise<void>;
}

const locked =
  (table: string, mode = 'ACCESS EXCLUSIVE') =>
  async () => {
    await blocker.query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE`);
    return () => blocker.query('ROLLBACK');
  };
const waits = (query: string) => async () =>
  (await ask(`SELECT FROM pg_stat_activity WHERE query LIKE '${query}%' AND wait_event_type = 'Lock'`)).length > 0;
const oneMore = (name: string) => async (before: string[]) => {
  const now = await good();
  expect(now.filter((id) => !before.includes(id))).toEqual([expect.stringContaining(`${name}/`)]);
};
const asBefore = async (before: string[]) => expect(await good()).toEqual(before);
const partitions = async () =>
  (
    await ask(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1`,
    )
  ).map(({ name }) => String(name));
let strays = 0;
let whole: string[] = [];
let bases: string[] = [];

const MIDDLES: Middle[] = [
  {
    job: 'backup_postgres',
    hold: locked('chat_memory'),
    reached: waits('LOCK TABLE'),
    done: oneMore('reviver_postgres'),
  },
  {
    job: 'backup_knowledge',
    hold: locked('knowledge'),
    reached: waits('LOCK TABLE'),
    done: oneMore('reviver_knowledge'),
  },
  {
    job: 'backup_redis',
    async hold() {
      const pid = redis.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      return () => process.kill(pid, 'SIGCONT');
    },
    reached: async () => (await namesIn(data(), /^dump-/)).length > 0,
    done: oneMore('reviver_redis'),
  },
  {
    job: 'backup_verify',
    async hold() {
      for (const name of catalog().names())
        for (const { id } of await catalog().list(name))
          await rm(join(catalog().folder(name), `${id}.proof`), { force: true });
      return () => {};
    },
    reached: async () => (await ask(`SELECT FROM pg_database WHERE datname LIKE 'reviver\\_scratch%'`)).length > 0,
    async done(before) {
      await asBefore(before);
      for (const name of catalog().names())
        for (const { proof } of await catalog().list(name)) expect(proof).toMatchObject({ outcome: 'restored' });
    },
  },
  {
    job: 'backup_base',
    async hold() {
      bases = await namesIn(base, /Z$/);
      return () => {};
    },
    reached: async () => (await namesIn(join(base, 'new.part'), /./)).length > 0,
    meanwhile: async () => expect(await namesIn(base, /Z$/)).toEqual(bases),
    done: async () => expect(await namesIn(base, /Z$/)).toHaveLength(bases.length + 1),
  },
  {
    job: 'backup_wal_upload',
    async hold() {
      await ask('CREATE TABLE moved AS SELECT 1; SELECT pg_switch_wal()');
      await eventually(async () => (await namesIn(wal, /^[0-9A-F]{24}$/)).length > 0, { timeoutMs: 20_000 });
      let seen = 0;
      // The second piece is on its way.
      s3.hang((request) => request.method === 'PUT' && request.url?.includes('/wal/') === true && ++seen > 1);
      return () => s3.hang(() => false);
    },
    reached: async () => s3.hung.length > 0,
    async done() {
      const here = await namesIn(wal, /^[0-9A-F]{24}$/);
      const sent = [...s3.objects.keys()].filter((key) => key.includes('/wal/'));
      for (const name of here) expect(sent.filter((key) => key.includes(`/${name}-`))).toHaveLength(1);
    },
  },
  {
    job: 'backup_configuration',
    hold: () => manyNotes(),
    reached: async () => (await namesIn(data(), /^packing-/)).length > 0,
    done: oneMore('reviver_configuration'),
  },
  {
    job: 'backup_base_upload',
    async hold() {
      s3.hang((request) => request.method === 'PUT' && /\/base\/.*\.json/.test(request.url ?? ''));
      return () => s3.hang(() => false);
    },
    reached: async () => s3.hung.length > 0,
    // Its data are there, but nobody takes them for a base backup.
    async meanwhile() {
      expect(sentBases(/\.age$/)).not.toEqual([]);
      expect(sentBases(/\.json$/)).toEqual([]);
    },
    async done() {
      const [newest] = (await namesIn(base, /Z$/)).sort().reverse();
      expect(sentBases(/\.json$/)).toEqual([expect.stringContaining(`${newest}.json`)]);
    },
  },
  {
    job: 'backup_upload',
    async hold() {
      s3.hang((request) => request.method === 'PUT' && request.url?.endsWith('.json') === true);
      return () => s3.hang(() => false);
    },
    reached: async () => s3.hung.length > 0,
    done: async (before) => {
      const sent = [...s3.objects.keys()].filter((key) => key.endsWith('.json')).map((key) => key.split('/').at(-1));
      for (const id of before) expect(sent).toContain(`${id.split('/')[1]}.json`);
    },
  },
  {
    job: 'backup_redis',
    async hold() {
      await manyOld('reviver_redis');
      return () => {};
    },
    reached: async () => (await namesIn(catalog().folder('reviver_redis'), /^20200101.*json$/)).length < OLD_BACKUPS,
    // It was in the middle, and none of those that are left lacks its data.
    meanwhile: async () =>
      expect((await namesIn(catalog().folder('reviver_redis'), /^20200101.*json$/)).length).toBeGreaterThan(7),
    done: async () =>
      expect((await namesIn(catalog().folder('reviver_redis'), /^20200101.*json$/)).length).toBeLessThan(8),
  },
  {
    job: 'retention',
    async hold() {
      await ask(
        `INSERT INTO outbox (key, kind, payload, done_at) SELECT 'old ' || n, 'test', '{}', now() - interval '60 days' FROM generate_series(1, 500) n`,
      );
      return locked('outbox', 'SHARE')();
    },
    reached: waits('DELETE FROM outbox'),
    // The server may have ended the batch that it was asked for.
    async meanwhile() {
      const [left] = await ask(`SELECT count(*)::int AS n FROM outbox WHERE kind = 'test'`);
      expect([500, 300]).toContain(left?.n);
    },
    done: async () =>
      expect(await ask(`SELECT count(*)::int AS n FROM outbox WHERE kind = 'test'`)).toEqual([{ n: 0 }]),
  },
  {
    job: 'partitions',
    async hold() {
      whole = await partitions();
      // A start looks after them, too, and may have mended all before the table was held.
      await eventually(async () => {
        await blocker.query('ROLLBACK');
        for (const name of await partitions()) if (name !== 'events_default') await ask(`DROP TABLE ${name}`);
        await ask(`INSERT INTO events (kind, actor, data) SELECT 'stray', 'test', '{}' FROM generate_series(1, 1000)`);
        // Nobody reads here any more, but the table cannot be changed.
        await blocker.query('BEGIN; SELECT FROM events LIMIT 1');
        expect(await ask('SELECT count(*)::int AS n FROM events_default')).not.toEqual([{ n: 0 }]);
      });
      strays = await straysNow();
      return () => blocker.query('ROLLBACK');
    },
    reached: async () => (await leftovers()).some((name) => name.startsWith('events_filling')),
    async meanwhile() {
      await ask(`INSERT INTO events (kind, actor, data) VALUES ('stray', 'test', '{}')`);
      expect(await straysNow()).toBe(strays + 1);
    },
    async done() {
      // One at a time does: the start, or the job.
      await eventually(async () => expect(await partitions()).toEqual(expect.arrayContaining(whole)), {
        timeoutMs: 20_000,
      });
      expect(await straysNow()).toBe(strays + 1);
    },
  },
];

const sentBases = (like: RegExp) => [...s3.objects.keys()].filter((key) => key.includes('/base/') && like.test(key));

/** Copying them takes a moment. */
async function manyNotes(): Promise<() => Promise<void>> {
  const notes = join(reviver.folder, 'runbooks', 'notes');
  await mkdir(notes);
  for (let n = 0; n < 3_000; n += 1) await writeFile(join(notes, `${n}.txt`), 'a note');
  return () => rm(notes, { recursive: true });
}

async function straysNow(): Promise<number> {
  const [found] = await ask(`SELECT count(*)::int AS n FROM events WHERE kind = 'stray'`);
  return Number(found?.n);
}

test.each(MIDDLES.map((middle) => [middle.job, middle] as const))(
  'a scheduler killed in the middle of %s leaves nothing worse than before, and the next one does the work',
  async (name, { hold, reached, meanwhile, done }) => {
    const doomed = await reviver.start('doomed', ['start', '--role', 'scheduler']);
    doomedPids.push(doomed.pid);
    const before = await good();
    const release = await hold();
    try {
      await ask(`UPDATE housekeeping SET next_at = now() WHERE name = '${name}'`);
      await eventually(reached, { timeoutMs: 30_000, everyMs: 1 });
    } finally {
      doomed.kill('SIGKILL');
      await doomed.ended;
      await release();
    }
    // Retention may have begun to remove old ones; nothing else goes, and what counts was read to its end.
    expect(await good()).toEqual(expect.arrayContaining(before.filter(isYoung)));
    await meanwhile?.();

    const missing = await good();
    // Its lease is over sooner than the half minute that it has, and what was made a minute ago is made again.
    await ask(`UPDATE housekeeping SET lease_until = now(), next_at = now(), tries = 0 WHERE name = '${name}'`);
    const next = await reviver.start('next', ['start', '--role', 'scheduler']);
    try {
      await eventually(async () => expect(await job(name)).toMatchObject({ last_outcome: 'succeeded', later: true }), {
        timeoutMs: 30_000,
      });
      await done(missing);
      expect(await leftovers()).toEqual([]);
    } finally {
      await end(next);
    }
  },
  90_000,
);

test('a restore of the knowledge base that is killed in its middle leaves all of it, and the next one does the work', async () => {
  const all = async () =>
    (await ask(`SELECT count(*)::int AS n, md5(string_agg(k::text, ',' ORDER BY k::text)) AS sum FROM knowledge k`))[0];
  const restoring = async () =>
    (
      await ask(
        `SELECT wait_event_type AS waits FROM pg_stat_activity WHERE query ~ '^(DROP|ALTER) ' AND datname = 'reviver' AND state = 'active'`,
      )
    ).map(({ waits }) => waits);
  await ask(
    `INSERT INTO knowledge (kind, source, body, at) SELECT 'note', 'note ' || n, 'what was learned', now() FROM generate_series(1, 100) n ON CONFLICT DO NOTHING`,
  );
  expect(await reviver.shell(['backup', 'now', 'reviver_knowledge'])).toMatchObject({ code: 0 });
  const [before, backups] = [await all(), await good()];
  const args = ['backup', 'restore-knowledge', '--force'];
  // Whoever reads the knowledge base keeps it from being replaced.
  await blocker.query('BEGIN; SELECT FROM knowledge LIMIT 1');
  const doomed = spawn(process.execPath, ['dist/src/main.js', ...args], { env: reviver.env, stdio: 'ignore' });
  doomedPids.push(doomed.pid ?? 0);
  const ended = once(doomed, 'exit');
  try {
    await eventually(async () => expect(await restoring()).toEqual(['Lock']), { timeoutMs: 30_000 });
  } finally {
    doomed.kill('SIGKILL');
    await ended;
    await blocker.query('ROLLBACK');
  }
  await eventually(async () => expect(await restoring()).toEqual([]));
  expect(await all()).toEqual(before);
  expect(await good()).toEqual(expect.arrayContaining(backups));
  expect(await reviver.shell(args)).toMatchObject({
    code: 0,
    out: expect.stringContaining('The knowledge base is that'),
  });
  expect(await all()).toMatchObject({ n: 100 });
  expect(await leftovers()).toEqual([]);
}, 90_000);

/** As many as a wrong clock or a long pause may leave: copies of the newest, as if made long ago. */
async function manyOld(name: string): Promise<void> {
  const known = catalog();
  const [newest] = await known.list(name);
  if (!newest) throw new Error(`no backup of ${name}`);
  const dir = known.folder(name);
  await mkdir(dir, { recursive: true });
  const manifest = await readFile(join(dir, `${newest.id}.json`), 'utf8');
  for (let n = 0; n < OLD_BACKUPS; n += 1) {
    const id = `20200101T000000-${n.toString(16).padStart(4, '0')}`;
    await copyFile(newest.file, newest.file.replace(newest.id, id));
    const old = manifest.replaceAll(newest.id, id).replace(/("createdAt": ")[^"]+/, '$12020-01-01T00:00:00.000Z');
    await writeFile(join(dir, `${id}.json`), old);
  }
}
