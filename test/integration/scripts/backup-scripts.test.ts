import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { toolMissing } from '../../../scripts/setup/tools.mjs';
import { createBackupCatalog } from '../../../src/engine/backups/catalog.js';
import { saveBackup } from '../../../src/engine/backups/save.js';
import { withRedis } from '../../../src/engine/health/redis-session.js';
import { createExec } from '../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../src/engine/processes/guardian.js';
import { eventually } from '../../support/eventually.js';
import { type OwnPostgres, startOwnPostgres } from '../../support/postgres.js';
import { queryAt } from '../../support/postgres-service.js';
import { type OwnRedis, startOwnRedis } from '../../support/redis.js';
import { serviceWith } from '../../unit/engine/actions/context.js';
import { freshRoot } from '../engine/snapshots/subject.js';

const { signal } = new AbortController();
const FOLDER = join(process.cwd(), 'scripts', 'backup');
let postgres: OwnPostgres;
let dir: string;
let names = 0;
beforeAll(async () => {
  postgres = await startOwnPostgres();
}, 60_000);
beforeEach(async () => {
  dir = await freshRoot('scripts-');
});

interface Ended {
  code: number | null;
  said: string;
}

function begin(script: string, args: string[], env: Record<string, string> = {}) {
  const more = {
    BACKUP_POSTGRES_DIR: join(dir, 'postgres'),
    BACKUP_REDIS_DIR: join(dir, 'redis'),
    BACKUP_KNOWLEDGE_DIR: join(dir, 'knowledge'),
  };
  const child = spawn(join(FOLDER, script), args, {
    env: { PATH: process.env.PATH ?? '', ...more, ...env },
    detached: true,
  });
  let said = '';
  for (const out of [child.stdout, child.stderr]) out.on('data', (chunk) => (said += String(chunk)));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, said })));
  return { ended, kill: () => process.kill(-(child.pid ?? 0), 'SIGKILL') };
}
const run = (script: string, args: string[], env?: Record<string, string>) => begin(script, args, env).ended;

async function save(location: 'postgres' | 'redis', url: string): Promise<string> {
  const definition = { service: 'patient', location };
  const catalog = createBackupCatalog({ nightly: definition }, { dir });
  const service = serviceWith({
    name: 'patient',
    health: [{ type: location, url, intervalMs: 1, timeoutMs: 2_000, failures: 1 }],
  });
  const guardian = createGuardian();
  const exec = createExec(guardian)({ runKey: dir, signal });
  const rim = { signal, dataDir: dir, runKey: dir, log: () => {}, now: () => new Date(), exec };
  const { id } = await saveBackup('nightly', definition, service, catalog, rim).finally(() => guardian.close());
  return id;
}

describe('restore_postgres.sh', () => {
  /** A database with a backup of 1,000 rows. */
  async function shop() {
    const name = `shop_${++names}`;
    await postgres.query(`CREATE DATABASE ${name}`);
    await queryAt(postgres.url, 'CREATE TABLE orders AS SELECT n FROM generate_series(1, 1000) n', name);
    const url = postgres.url.replace(/\/[^/]*$/, `/${name}`);
    const id = await save('postgres', url);
    const env = { DATABASE_URL: url };
    const rows = async () => (await queryAt(postgres.url, 'SELECT count(*)::int AS n FROM orders', name))[0]?.n;
    return { name, id, env, rows };
  }
  const databases = async (like: string) =>
    (
      await postgres.query<{ datname: string }>(
        `SELECT datname FROM pg_database WHERE datname LIKE '${like}%' ORDER BY 1`,
      )
    ).map(({ datname }) => datname);

  test('brings back a database that is gone, and says that it did when it is run again', async () => {
    const { name, id, env, rows } = await shop();
    await postgres.query(`DROP DATABASE ${name}`);
    expect(await run('restore_postgres.sh', [], env)).toEqual({
      code: 0,
      said: expect.stringContaining(`its data from backup ${id}`),
    });
    expect(await rows()).toBe(1_000);
    expect(await run('restore_postgres.sh', [], env)).toEqual({
      code: 0,
      said: expect.stringContaining('There is nothing to do'),
    });
    expect(await databases(name)).toEqual([name]);
  }, 60_000);

  test('refuses a database that is there without --force; with it, that one is kept, though somebody is connected', async () => {
    const { name, id, env, rows } = await shop();
    await queryAt(postgres.url, 'DELETE FROM orders WHERE n > 10', name);
    expect(await run('restore_postgres.sh', [id], env)).toEqual({
      code: 5,
      said: expect.stringContaining('Give --force'),
    });
    expect(await rows()).toBe(10);
    const connected = queryAt(postgres.url, 'SELECT pg_sleep(60)', name).catch(() => 'cut');
    expect((await run('restore_postgres.sh', ['--force', id], env)).code).toBe(0);
    expect(await connected).toBe('cut');
    expect(await rows()).toBe(1_000);
    const [, before] = await databases(name);
    expect(before).toMatch(/_before_\d{8}t\d{6}$/);
    expect((await queryAt(postgres.url, 'SELECT count(*)::int AS n FROM orders', before ?? ''))[0]?.n).toBe(10);
  }, 60_000);

  test('killed in the middle leaves what was there, and a second run begins anew', async () => {
    const { name, id, env, rows } = await shop();
    await queryAt(postgres.url, 'DELETE FROM orders WHERE n > 10', name);
    const killed = begin('restore_postgres.sh', ['--force', id], env);
    await eventually(async () => (await databases(name)).includes(`${name}_restoring`), {
      timeoutMs: 20_000,
      everyMs: 2,
    });
    killed.kill();
    await killed.ended;
    expect(await rows()).toBe(10);
    expect((await run('restore_postgres.sh', ['--force', id], env)).code).toBe(0);
    expect(await rows()).toBe(1_000);
  }, 60_000);

  test('has an exit code for each refusal', async () => {
    const { id, env } = await shop();
    expect((await run('restore_postgres.sh', ['--wrong'], env)).code).toBe(2);
    expect((await run('restore_postgres.sh', ['20000101T000000-aaaa'], env)).code).toBe(3);
    expect((await run('restore_postgres.sh', [id], { DATABASE_URL: 'postgresql://u:p@127.0.0.1:9/x' })).code).toBe(4);
    await appendFile(join(dir, 'postgres', 'nightly', `${id}.dump`), 'x');
    const damaged = await run('restore_postgres.sh', ['--force', id], env);
    expect(damaged).toEqual({ code: 3, said: expect.stringContaining('its checksum does not match') });
    expect((await run('restore_postgres.sh', [], { ...env, PATH: '/usr/sbin', HOME: '/' })).code).not.toBe(0);
  }, 60_000);

  test('tells no password to other users of the machine', async () => {
    const { name, id } = await shop();
    await postgres.query(`CREATE ROLE clerk LOGIN SUPERUSER PASSWORD 'pass%word'`);
    const url = postgres.url.replace(/\/\/[^@]*@/, '//clerk:pass%25word@').replace(/\/[^/]*$/, `/${name}`);
    await postgres.query(`DROP DATABASE ${name}`);
    const running = begin('restore_postgres.sh', [id], { DATABASE_URL: url });
    let seen = '';
    const watch = setInterval(() => (seen += spawnSync('ps', ['axo', 'args']).stdout.toString()), 5);
    expect((await running.ended.finally(() => clearInterval(watch))).code).toBe(0);
    expect(seen).toContain('pg_restore');
    expect(seen).not.toContain('pass%25word');
  }, 60_000);
});

describe('restore_redis.sh', () => {
  async function cache(args: string[] = []): Promise<{ redis: OwnRedis; id: string; keys(): Promise<number> }> {
    const redis = await startOwnRedis({ args });
    await withRedis(redis.url, signal, async (client) => {
      for (let n = 0; n < 500; n += 1) await client.set(`key ${n}`, n);
    });
    const id = await save('redis', redis.url);
    return { redis, id, keys: () => withRedis(redis.url, signal, (client) => client.dbsize()) };
  }

  test.each([
    ['dump', []],
    ['append-only', ['--appendonly', 'yes']],
  ])(
    'brings back what was lost: %s',
    async (_, args) => {
      const { redis, id, keys } = await cache(args);
      await redis.flush();
      const env = { REDIS_URL: redis.url, REDIS_DATA_DIR: redis.dir };
      expect(await run('restore_redis.sh', [id], env)).toEqual({
        code: 5,
        said: expect.stringContaining('still answers'),
      });
      await redis.kill();
      for (const file of await readdir(redis.dir))
        if (args.length === 0) await rm(join(redis.dir, file), { recursive: true });
      expect(await run('restore_redis.sh', ['--force'], env)).toEqual({
        code: 0,
        said: expect.stringContaining(`load backup ${id}`),
      });
      await redis.start();
      expect(await keys()).toBe(500);
    },
    60_000,
  );

  test('refuses to replace a whole dump that has keys, and keeps it with --force', async () => {
    const { redis, id, keys } = await cache();
    await redis.stop();
    const env = { REDIS_DATA_DIR: redis.dir };
    expect(await run('restore_redis.sh', [id], env)).toEqual({
      code: 5,
      said: expect.stringContaining('is whole and has 500 keys'),
    });
    expect((await run('restore_redis.sh', ['--force', id], env)).code).toBe(0);
    const [aside = ''] = await readdir(join(redis.dir, 'reviver-aside'));
    expect(await readdir(join(redis.dir, 'reviver-aside', aside))).toContain('dump.rdb');
    await redis.start();
    expect(await keys()).toBe(500);
  }, 60_000);

  test('interrupted after it moved the old data, a second run goes on and loses none of it', async () => {
    const { redis, id, keys } = await cache();
    await redis.stop();
    const aside = join(redis.dir, 'reviver-aside', `script-${id}`);
    await mkdir(aside, { recursive: true });
    await writeFile(join(aside, 'had'), 'dump.rdb\n');
    await writeFile(join(aside, 'dump.rdb'), 'the old one');
    await rm(join(redis.dir, 'dump.rdb'));
    await mkdir(join(redis.dir, 'appendonlydir'));
    expect((await run('restore_redis.sh', [id], { REDIS_DATA_DIR: redis.dir })).code).toBe(0);
    const [done = ''] = await readdir(join(redis.dir, 'reviver-aside'));
    expect(await readdir(join(redis.dir, 'reviver-aside', done))).toEqual(
      expect.arrayContaining(['dump.rdb', 'had', 'later']),
    );
    await redis.start();
    expect(await keys()).toBe(500);
  }, 60_000);

  test.each(['dump.rdb.part', 'reviver-aside', 'appendonlydir.part'])(
    'killed when %s is there it has lost nothing, and a second run goes on',
    async (moment) => {
      const { redis, id, keys } = await cache(['--appendonly', 'yes']);
      await withRedis(redis.url, signal, (client) => client.set('written since', 1));
      await redis.stop();
      const env = { REDIS_DATA_DIR: redis.dir };
      const killed = begin('restore_redis.sh', ['--force', id], env);
      await eventually(() => existsSync(join(redis.dir, moment)), { timeoutMs: 20_000, everyMs: 1 });
      killed.kill();
      await killed.ended;
      expect((await run('restore_redis.sh', ['--force', id], env)).code).toBe(0);
      const [aside = ''] = await readdir(join(redis.dir, 'reviver-aside'));
      expect(await readdir(join(redis.dir, 'reviver-aside', aside))).toContain('appendonlydir');
      expect((await readdir(redis.dir)).filter((name) => name.endsWith('.part'))).toEqual([]);
      await redis.start();
      expect(await keys()).toBe(500);
    },
    60_000,
  );
});

describe('test_backup.sh', () => {
  test('tells a good one from one that was cut, with and without a server', async () => {
    await postgres.query('CREATE DATABASE tested');
    await queryAt(postgres.url, 'CREATE TABLE t AS SELECT n, md5(n::text) FROM generate_series(1, 20000) n', 'tested');
    const id = await save('postgres', postgres.url.replace(/\/[^/]*$/, '/tested'));
    expect(await run('test_backup.sh', [])).toEqual({
      code: 0,
      said: expect.stringContaining(`backup ${id} can be read to its end`),
    });
    expect(await run('test_backup.sh', ['postgres', id], { SCRATCH_SERVER: postgres.url })).toEqual({
      code: 0,
      said: expect.stringContaining('was restored and counted'),
    });
    const file = join(dir, 'postgres', 'nightly', `${id}.dump`);
    const cut = join(dir, 'cut.dump');
    spawnSync('sh', ['-c', `head -c $(($(stat -c %s '${file}') * 6 / 10)) '${file}' > '${cut}'`]);
    expect(await run('test_backup.sh', [cut])).toEqual({
      code: 3,
      said: expect.stringContaining('pg_restore cannot read'),
    });
    expect((await run('test_backup.sh', ['redis'])).code).toBe(3);
  }, 60_000);
});

const lint = toolMissing('shellcheck') ? test.skip : test;
lint('the scripts pass shellcheck (skipped where it is not installed)', async () => {
  const scripts = (await readdir(FOLDER)).map((name) => join('scripts', 'backup', name));
  const { stdout } = spawnSync('shellcheck', ['-x', ...scripts], { encoding: 'utf8' });
  expect(stdout).toBe('');
});
