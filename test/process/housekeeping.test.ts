import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { eventually, withDatabase } from '../support/index.js';
import { type OwnRedis, startOwnRedis } from '../support/redis.js';
import { type Installation, install } from '../support/reviver.js';
import { manyServices } from '../support/scene.js';

const database = withDatabase();
const KEY = 'ab'.repeat(32);
let redis: OwnRedis;
let reviver: Installation;
let blocker: Client;

beforeAll(async () => {
  redis = await startOwnRedis();
  blocker = new Client({ connectionString: database.url });
  // Its database goes at the end.
  blocker.on('error', () => {});
  await blocker.connect();
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(1),
    more: 'housekeeping: { time_zone: Europe/Berlin, schedules: { backup_knowledge: "off" } }',
    env: { REVIVER_SECRET_KEY: KEY },
  });
}, 60_000);
afterAll(async () => {
  await blocker.end();
  await reviver.stop();
}, 60_000);

const job = async (name: string) =>
  (await database.query('SELECT *, next_at > now() AS later FROM housekeeping WHERE name = $1', [name]))[0];
const due = (name: string) => database.query(`UPDATE housekeeping SET next_at = now() WHERE name = $1`, [name]);
const files = async (name: string) =>
  (await readdir(join(reviver.folder, 'data', 'backups', 'postgres', name)).catch(() => [])).sort();
const ends = (name: string, outcome: string) =>
  eventually(async () => expect(await job(name)).toMatchObject({ last_outcome: outcome, later: true }), {
    timeoutMs: 30_000,
  });

interface Ended {
  code: number | null;
  said: string;
}

const SCRIPT = join(process.cwd(), 'scripts', 'backup', 'test_backup.sh');
const MAIN = join(process.cwd(), 'dist', 'src', 'main.js');
const known = () => ({
  DATABASE_URL: database.url,
  REDIS_URL: redis.url,
  REVIVER_CONFIG: join(reviver.folder, 'reviver.yaml'),
  REVIVER_RUNBOOKS: join(reviver.folder, 'runbooks'),
  REVIVER_DATA: join(reviver.folder, 'data'),
  REVIVER_SECRET_KEY: KEY,
});
const command = (...args: string[]) => commandWith(known(), args);
const commandWith = (given: Record<string, string>, args: string[]) =>
  program(process.execPath, [MAIN, 'backup', ...args], given);

function program(file: string, args: string[], given: Record<string, string>): Promise<Ended> {
  const child = spawn(file, args, { env: { PATH: process.env.PATH ?? '', ...given } });
  let said = '';
  for (const out of [child.stdout, child.stderr]) out.on('data', (chunk) => (said += String(chunk)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

test('a scheduler killed in the middle of a backup leaves none; another one makes it, and it is proven', async () => {
  const doomed = await reviver.start('doomed', ['start', '--role', 'scheduler']);
  await eventually(async () => expect(await job('backup_postgres')).toMatchObject({ time_zone: 'Europe/Berlin' }));
  expect(await job('backup_knowledge')).toBeUndefined();
  // pg_dump waits for this lock, with its file begun.
  await blocker.query('BEGIN; LOCK TABLE chat_memory IN ACCESS EXCLUSIVE MODE');
  await due('backup_postgres');
  await eventually(async () => (await job('backup_postgres'))?.running_by, { timeoutMs: 20_000 });
  await eventually(
    async () =>
      (await database.query(`SELECT FROM pg_stat_activity WHERE query LIKE 'LOCK TABLE%' AND wait_event_type = 'Lock'`))
        .length > 0,
    { timeoutMs: 20_000 },
  );
  doomed.kill('SIGKILL');
  await doomed.ended;
  expect((await files('reviver_postgres')).filter((file) => !file.endsWith('.part'))).toEqual([]);
  await blocker.query('ROLLBACK');

  // Its lease is over sooner than the half minute that it has.
  await database.query(`UPDATE housekeeping SET lease_until = now() WHERE name = 'backup_postgres'`);
  await reviver.start('next', ['start', '--role', 'scheduler']);
  await ends('backup_postgres', 'succeeded');
  const made = (await files('reviver_postgres')).filter((file) => !file.endsWith('.part'));
  expect(made).toEqual([expect.stringMatching(/\.dump\.age$/), expect.stringMatching(/\.json$/)]);

  await due('backup_redis');
  await ends('backup_redis', 'succeeded');
  await due('backup_verify');
  await ends('backup_verify', 'succeeded');
  expect(await job('backup_verify')).toMatchObject({ last_detail: '2 backups restored and counted' });
  expect(await files('reviver_postgres')).toContainEqual(expect.stringMatching(/\.proof$/));
}, 120_000);

test('the command line makes, proves and lists backups', async () => {
  const now = await command('now');
  expect(now).toMatchObject({ code: 0, said: expect.stringMatching(/backup_postgres: 1 backup: [\d,]+ rows?, .*\/s/) });
  expect(now.said).toContain('backup_knowledge: 1 backup');
  const verified = await command('verify');
  expect(verified).toMatchObject({ code: 0, said: expect.stringContaining('as counted when it was made') });
  const listed = await command();
  expect(listed.said).toMatch(/reviver_postgres: what was written in the last .+ is in none of these/);
  expect(listed.said).toMatch(/proven: restored in/);
  expect(await command('now', 'nothing')).toMatchObject({ code: 1, said: expect.stringContaining('nothing') });
}, 120_000);

test('configuration and secrets come back into an empty folder with the key alone', async () => {
  expect(await command('now', 'reviver_configuration')).toMatchObject({ code: 0 });
  expect((await command('verify', 'reviver_configuration')).said).toMatch(
    /restored in .*1 service, .* read as at a start/,
  );
  const target = join(reviver.folder, 'found');
  const env = { REVIVER_DATA: join(reviver.folder, 'data'), REVIVER_SECRET_KEY: KEY };
  const back = await commandWith(env, ['restore-configuration', target]);
  expect(back).toMatchObject({ code: 0, said: expect.stringContaining(`${target} holds the configuration of 20`) });
  expect(back.said).toContain(`config/reviver.yaml  was ${join(reviver.folder, 'reviver.yaml')}`);
  expect(back.said).not.toContain(database.url);
  expect(await readFile(join(target, 'config', 'reviver.yaml'), 'utf8')).toBe(
    await readFile(join(reviver.folder, 'reviver.yaml'), 'utf8'),
  );
  expect(await readFile(join(target, 'reviver.env'), 'utf8')).toContain(`DATABASE_URL=${database.url}`);
  const again = await commandWith(env, ['restore-configuration', target]);
  expect(again).toMatchObject({ code: 1, said: expect.stringContaining('is not empty. Nothing was written.') });
}, 60_000);

test('test_backup.sh opens an export, counts its files, and leaves nothing of it behind', async () => {
  const { items, id } = await newestExport();
  const left = await mkdtemp(join(reviver.folder, 'left-'));
  const kept = join(reviver.folder, 'data', 'backups', 'configuration');
  const env = { ...known(), BACKUP_CONFIGURATION_DIR: kept, REVIVER: `${process.execPath} ${MAIN}`, TMPDIR: left };
  expect(await program(SCRIPT, ['configuration'], env)).toEqual({
    code: 0,
    said: expect.stringContaining(`Good: backup ${id}, ${items} files.`),
  });
  expect(await readdir(left)).toEqual([]);
  const plain = join(reviver.folder, 'plain.tar');
  expect(await command('open', id, plain)).toMatchObject({ code: 0 });
  await truncate(plain, Math.floor((await stat(plain)).size * 0.6));
  expect(await program(SCRIPT, [plain], env)).toEqual({ code: 3, said: expect.stringContaining('tar cannot read') });
  await truncate(join(kept, 'reviver_configuration', `${id}.tar.age`), 100);
  expect(await program(SCRIPT, ['configuration', id], env)).toMatchObject({
    code: 3,
    said: expect.stringContaining('its checksum does not match'),
  });
}, 60_000);

async function newestExport(): Promise<{ id: string; items: number }> {
  const folder = join(reviver.folder, 'data', 'backups', 'configuration', 'reviver_configuration');
  const [newest = ''] = (await readdir(folder))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .reverse();
  return JSON.parse(await readFile(join(folder, newest), 'utf8'));
}

test('a backup of a server that is away says so, and changes nothing', async () => {
  const before = (await command('list')).said.match(/reviver_redis/g)?.length;
  await redis.stop();
  expect(await command('now', 'reviver_redis')).toMatchObject({
    code: 1,
    said: expect.stringContaining('could not save its data: connection refused. No backup was made.'),
  });
  expect((await command('list')).said.match(/reviver_redis/g)?.length).toBe(before);
}, 60_000);
