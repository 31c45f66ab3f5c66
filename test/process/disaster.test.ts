import { execFile, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { account } from '../../scripts/services/account.mjs';
import { freePort } from '../../scripts/services/free-port.mjs';
import { startPostgres } from '../../scripts/services/postgres.mjs';
import { postgresPrograms } from '../../scripts/services/postgres-cluster.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { archiveJobs } from '../../src/engine/backups/archive-jobs.js';
import { createExec } from '../../src/engine/processes/exec.js';
import { createGuardian } from '../../src/engine/processes/guardian.js';
import { eventually } from '../support/eventually.js';
import { queryAt } from '../support/postgres-service.js';
import { startOwnRedis } from '../support/redis.js';

/** A Reviver whose own Postgres or Redis is lost for real: killed, and its files overwritten. */
const MAIN = resolve('dist/src/main.js');
const SECRET = 'cd'.repeat(32);
let folder: string;
let programs: string;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = (await createPrivateFolder('reviver-disaster')).path;
  const who = await account();
  const found: { postgres: string } = await postgresPrograms(who, join(folder, 'programs'));
  programs = join(found.postgres, '..');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
}

/** The command line in an environment of its own. */
function reviver(env: Record<string, string>, ...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    const all = { PATH: process.env.PATH ?? '', HOME: folder, REVIVER_CONFIG: resolve('config/reviver.yaml'), ...env };
    const child = execFile(process.execPath, [MAIN, ...args], { env: all }, (_, stdout, stderr) =>
      done({ code: child.exitCode, signal: child.signalCode, out: `${stdout}${stderr}` }),
    );
  });
}

/** Shows the plan, reads its digest, and begins exactly that one. */
async function confirmed(env: Record<string, string>, what: string, params: string[], crash?: string): Promise<Ended> {
  const shown = await reviver(env, 'disaster', what, ...params);
  expect(shown).toMatchObject({ code: 4, out: expect.stringContaining('Nothing was done.') });
  const digest = /--yes (\w+)/.exec(shown.out)?.[1] ?? '';
  const crashing: Record<string, string> = crash === undefined ? {} : { REVIVER_CRASH_POINT: crash };
  return reviver({ ...env, ...crashing }, 'disaster', what, ...params, '--yes', digest);
}

async function reportIn(data: string): Promise<string> {
  const names = await readdir(join(data, 'disasters'));
  const report = names.filter((name) => name.endsWith('.md')).sort();
  return readFile(join(data, 'disasters', report.at(-1) ?? 'none'), 'utf8');
}

/** Its first page of control data, so that no server starts with it. */
async function damage(data: string): Promise<void> {
  await writeFile(join(data, 'global', 'pg_control'), Buffer.alloc(8_192, 0xee));
}

/** A Postgres that is started and stopped by shell lines, as an operator's is. */
async function openPostgres(name: string, settings: string[] = []) {
  const dir = join(folder, name);
  await mkdir(dir);
  const who = await account();
  if (who) await chown(dir, who.uid, who.gid);
  const first = await startPostgres({ dir, args: settings });
  const { url, port } = first;
  const data = join(dir, 'data');
  const as = who ? `setpriv --reuid=${who.uid} --regid=${who.gid} --clear-groups ` : '';
  const options = [
    `-p ${port}`,
    '-c listen_addresses=127.0.0.1',
    "-c unix_socket_directories=''",
    '-c max_connections=200',
  ];
  const lines = {
    stop: `${as}${programs}/pg_ctl -D ${data} -m immediate stop || true`,
    own: who ? `chown -R ${who.uid}:${who.gid} ${data}` : 'true',
    init: `[ -e ${data}/PG_VERSION ] || ${as}${programs}/initdb -D ${data} -U postgres --auth=scram-sha-256 --encoding=UTF8 --pwfile=${dir}/password >/dev/null`,
    start: `${as}${programs}/pg_ctl -D ${data} -l ${dir}/restarted.log -o "${options.join(' ')}" -w start >/dev/null`,
  };
  const script = join(dir, 'start.sh');
  await writeFile(script, `set -e\n${lines.init}\n${lines.own}\n${lines.start}\n`);
  await chmod(join(dir, 'password'), 0o644);
  closing.push(async () => spawnSync('/bin/sh', ['-c', lines.stop]));
  return {
    url,
    port,
    data,
    dir,
    lines: { ...lines, all: `sh ${script}` },
    ask: (text: string) => queryAt(url, text),
    async lose() {
      spawnSync('pkill', ['-9', '-P', String(first.pid)]);
      process.kill(first.pid, 'SIGKILL');
      await first.stop();
      await damage(data);
    },
  };
}

const event = (kind: string) => `INSERT INTO events (kind, actor, data) VALUES ('${kind}', 'test', '{}') RETURNING id`;

describe('the loss of Postgres', () => {
  test('ends with the newest dump in a new server, the damaged data beside, and a report; a SIGKILL on the way costs nothing', async () => {
    const postgres = await openPostgres('from-dump');
    const data = join(folder, 'reviver-1');
    await mkdir(data);
    const env = { DATABASE_URL: postgres.url, REVIVER_DATA: data, REVIVER_SECRET_KEY: SECRET };
    expect((await reviver(env, 'migrate')).code).toBe(0);
    await postgres.ask(event('kept'));
    expect(await reviver(env, 'backup', 'now', 'reviver_postgres')).toMatchObject({ code: 0 });
    await postgres.ask(event('written after the dump'));
    const params = [
      `data=${postgres.data}`,
      `answers=127.0.0.1:${postgres.port}`,
      `start=${postgres.lines.all}`,
      `app=touch ${data}/app-started`,
    ];
    const well = await reviver(env, 'disaster', 'postgres', ...params, '--yes', '00000000');
    expect(well).toMatchObject({
      code: 1,
      out: expect.stringMatching(/reviver_postgres answers .* Nothing was changed/),
    });

    await postgres.lose();
    const killed = await confirmed(env, 'postgres', params, 'before_commit:4');
    expect(killed).toMatchObject({ signal: 'SIGKILL', out: expect.stringContaining(' 5 … Start PostgreSQL') });
    const again = await reviver(env, 'disaster', 'postgres', ...params);
    expect(again.out).toContain('Going on with');
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('Recovered.') });

    expect(await postgres.ask(`SELECT kind FROM events WHERE actor = 'test'`)).toEqual([{ kind: 'kept' }]);
    expect((await readdir(data)).includes('app-started')).toBe(true);
    expect(
      await postgres.ask(
        `SELECT data->>'lost' AS lost, data->>'state' AS state FROM events WHERE kind = 'disaster.ended'`,
      ),
    ).toEqual([{ lost: 'postgres', state: 'SUCCEEDED' }]);
    expect(
      await postgres.ask('SELECT lost, state, rto_ms > 0 AS took, rpo_ms >= 0 AS lost_data FROM disasters'),
    ).toEqual([{ lost: 'postgres', state: 'SUCCEEDED', took: true, lost_data: true }]);
    // In the log of the database that came back; those that ended while there was none are in the report alone.
    expect(
      await postgres.ask(
        `SELECT data->>'command' AS command, data->>'exit_code' AS code FROM events WHERE kind = 'shell.ended' AND data->>'command' = 'disaster'`,
      ),
    ).toEqual([{ command: 'disaster', code: '0' }]);
    const aside = (await readdir(postgres.dir)).filter((name) => name.startsWith('data.damaged-'));
    expect(aside).toHaveLength(1);
    const report = await reportIn(data);
    expect(report).toMatch(/^# Loss of postgres: recovered/);
    expect(report).toMatch(
      /\| RTO \(from the last write to the end\) \| 30 min \| [\d.]+ (s|min)( [\d.]+ s)? \| met \|/,
    );
    expect(report).toMatch(/\| RPO \(what was written and did not come back\) \| 15 min \| [\d.]+ (ms|s) \| met \|/);
    expect(report).toContain('- [ ] The post-mortem is written');
    console.log(report.split('\n').slice(4, 9).join('\n'));
  }, 180_000);

  test('with an archived log loses less than its archive_timeout', async () => {
    const [wal, base] = [join(folder, 'wal'), join(folder, 'base')];
    const who = await account();
    for (const one of [wal, base]) {
      await mkdir(one);
      if (who) await chown(one, who.uid, who.gid);
    }
    spawnSync('cp', ['scripts/backup/archive_wal.sh', folder]);
    const archive = [
      'archive_mode=on',
      'archive_timeout=1',
      `archive_command=bash ${folder}/archive_wal.sh %p %f ${wal}`,
    ];
    const postgres = await openPostgres(
      'from-log',
      archive.flatMap((one) => ['-c', one]),
    );
    const data = join(folder, 'reviver-2');
    await mkdir(data);
    const env = {
      DATABASE_URL: postgres.url,
      REVIVER_DATA: data,
      REVIVER_SECRET_KEY: SECRET,
      BACKUP_WAL_DIR: wal,
      BACKUP_BASE_DIR: base,
    };
    expect((await reviver(env, 'migrate')).code).toBe(0);
    const guardian = createGuardian();
    closing.push(() => guardian.close());
    const { signal } = new AbortController();
    const exec = createExec(guardian)({ runKey: `base ${folder}`, signal });
    const [copy] = archiveJobs({ base, wal, url: postgres.url });
    await copy?.run({ signal, runKey: 'base', exec, tries: 1, log: () => {}, now: () => new Date() });
    await postgres.ask(event('after the base backup'));
    const [at] = await postgres.ask('SELECT pg_walfile_name(pg_current_wal_lsn()) AS file');
    await eventually(async () => expect(await readdir(wal)).toContain(String(at?.file)), { timeoutMs: 20_000 });
    await postgres.lose();
    const ended = await confirmed(env, 'postgres', [
      `data=${postgres.data}`,
      `answers=127.0.0.1:${postgres.port}`,
      `wal=${wal}`,
      `base=${base}`,
      `before_start=${postgres.lines.own}`,
      `start=${postgres.lines.all}`,
    ]);
    expect(ended).toMatchObject({ code: 0 });
    expect(await postgres.ask(`SELECT kind FROM events WHERE actor = 'test'`)).toEqual([
      { kind: 'after the base backup' },
    ]);
    const report = await reportIn(data);
    expect(report).toMatch(/15 min \| [\d.]+ (ms|s) \| met/);
    console.log(report.split('\n').slice(4, 9).join('\n'));
  }, 180_000);
});

test('the loss of Redis ends with an empty or a restored one, and the damaged data beside', async () => {
  const redis = await startOwnRedis({ args: ['--appendonly', 'no', '--save', ''] });
  const data = join(folder, 'reviver-3');
  await mkdir(data);
  const env = { DATABASE_URL: 'postgresql://127.0.0.1:1/none', REDIS_URL: redis.url, REVIVER_DATA: data };
  const lost = join(folder, 'redis-data');
  await mkdir(lost);
  await writeFile(join(lost, 'dump.rdb'), 'rubbish');
  await redis.kill();
  const start = `redis-server --port ${redis.port} --bind 127.0.0.1 --dir ${lost} --daemonize yes >/dev/null`;
  closing.push(async () => spawnSync('redis-cli', ['-p', String(redis.port), 'shutdown', 'nosave']));
  const ended = await confirmed(env, 'redis', [`data=${lost}`, `start=${start}`, `stop=true`]);
  expect(ended).toMatchObject({ code: 0, out: expect.stringContaining('✓ Start Redis') });
  expect(ended.out).toContain('It could not be written into the database, too: keep the file.');
  expect((await readdir(folder)).filter((name) => name.startsWith('redis-data.damaged-'))).toHaveLength(1);
  expect(await reportIn(data)).toMatch(/\| 10 min \| [\d.]+ (ms|s) \| met/);
}, 60_000);

test('the loss of the server ends with a Reviver on the new one, from the copies of its backups', async () => {
  const here = await openPostgres('old-server');
  const old = join(folder, 'reviver-4');
  await mkdir(old);
  const before = { DATABASE_URL: here.url, REVIVER_DATA: old, REVIVER_SECRET_KEY: SECRET };
  expect((await reviver(before, 'migrate')).code).toBe(0);
  await here.ask(event('kept'));
  expect((await reviver(before, 'backup', 'now', 'reviver_postgres')).code).toBe(0);
  await here.lose();

  const there = await openPostgres('new-server');
  const data = join(folder, 'reviver-5');
  await mkdir(data);
  const healthz = await freePort();
  const up = join(folder, 'up.mjs');
  await writeFile(
    up,
    `import { createServer } from 'node:http';\ncreateServer((_, to) => to.end('ok')).listen(${healthz}, '127.0.0.1');\n`,
  );
  const env = { DATABASE_URL: there.url, REVIVER_DATA: data, REVIVER_SECRET_KEY: SECRET };
  const params = [
    `fetch=mkdir -p ${data}/backups && cp -r ${old}/backups/. ${data}/backups/`,
    'start=true',
    `answers=127.0.0.1:${there.port}`,
    `app=setsid ${process.execPath} ${up} >/dev/null 2>&1 & echo $! > ${data}/up.pid`,
    `healthz=http://127.0.0.1:${healthz}/healthz`,
    `switch=echo here > ${data}/switched`,
  ];
  closing.push(async () => process.kill(Number(await readFile(join(data, 'up.pid'), 'utf8')), 'SIGKILL'));
  // The new machine's Postgres answers, and is empty: the backup is restored into it on purpose.
  const shown = await reviver(env, 'disaster', 'server', ...params, '--force');
  const digest = /--yes (\w+)/.exec(shown.out)?.[1] ?? '';
  const ended = await reviver(env, 'disaster', 'server', ...params, '--force', '--yes', digest);
  expect(ended).toMatchObject({ code: 0, out: expect.stringContaining('✓ Lead people here') });
  expect(await there.ask(`SELECT kind FROM events WHERE actor = 'test'`)).toEqual([{ kind: 'kept' }]);
  expect(await readFile(join(data, 'switched'), 'utf8')).toBe('here\n');
  expect(await reportIn(data)).toContain('RTO');
  await rm(join(data, 'switched'));
}, 180_000);
