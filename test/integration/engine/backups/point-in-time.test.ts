import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { startPostgres } from '../../../../scripts/services/postgres.mjs';
import { createPrivateFolder } from '../../../../scripts/services/private-folder.mjs';
import { archiveJobs } from '../../../../src/engine/backups/archive-jobs.js';
import { eventually } from '../../../support/eventually.js';
import { queryAt } from '../../../support/postgres-service.js';
import { lose, own, SCRIPTS, startArchiving, startRestored, turn } from './archiving-server.js';

/** Seconds; a real installation has 300. What is lost scales with it. */
const ARCHIVE_TIMEOUT_S = 1;
/** What the disaster recovery document allows of Postgres, as so many of its archive_timeout. */
const ALLOWED = (15 * 60) / 300;

let folder: string;

beforeAll(async () => {
  const made = await createPrivateFolder('reviver-wal');
  folder = made.path;
  return undefined;
});

describe('Postgres with an archive of its log', () => {
  test('lost with its disk comes back to less than the allowed loss; or to the moment before a mistake', async () => {
    const [wal, base] = [await own(join(folder, 'wal')), await own(join(folder, 'base'))];
    const first = await startArchiving(folder, wal, ARCHIVE_TIMEOUT_S);
    const ask = (text: string, url = first.url) => queryAt(url, text);
    const ctx = turn(`point-in-time ${folder}`);
    const [copy, look] = archiveJobs({ base, wal, url: first.url });
    await ask('CREATE TABLE written (n int, at timestamptz)');
    expect(await copy?.run(ctx)).toMatchObject({ summary: expect.stringMatching(/^base backup \d{8}T\d{6}Z$/) });

    const until = Date.now() + 6_000;
    let n = 0;
    let beforeMistake = '';
    await eventually(
      async () => {
        n += 1;
        if (n === 20) beforeMistake = String((await ask('SELECT clock_timestamp()::text AS at'))[0]?.at);
        await ask(`INSERT INTO written VALUES (${n}, clock_timestamp())`);
        return Date.now() > until;
      },
      { timeoutMs: 20_000, everyMs: 50 },
    );
    expect(await look?.run(ctx)).toMatchObject({ summary: expect.stringContaining('archived up to') });
    const lost = Date.now();
    await lose(folder, first);

    const latest = await restored([], n);
    const [row] = await latest.ask('SELECT max(n) AS n, extract(epoch FROM max(at)) * 1000 AS at FROM written');
    const lossS = (lost - Number(row?.at)) / 1_000;
    console.log(
      `lost: ${(lossS / ARCHIVE_TIMEOUT_S).toFixed(1)} of archive_timeout (${n - Number(row?.n)} of ${n} rows); allowed: ${ALLOWED}`,
    );
    expect(lossS).toBeLessThan(ALLOWED * ARCHIVE_TIMEOUT_S);
    expect(Number(row?.n)).toBeGreaterThan(20);
    await latest.stop();

    const earlier = await restored(['--to', beforeMistake], n + 1);
    expect((await earlier.ask('SELECT max(n) AS n FROM written'))[0]?.n).toBe(19);
    await earlier.stop();
    await ctx.close();

    async function restored(more: string[], name: number) {
      const dir = await own(join(folder, `restored-${name}`));
      const env = { PATH: process.env.PATH ?? '', BACKUP_BASE_DIR: base, BACKUP_WAL_DIR: wal };
      const args = ['--data-dir', join(dir, 'data'), ...more];
      await killedInTheMiddle(args, env, join(dir, 'data'));
      const made = spawnSync(join(SCRIPTS, 'restore_point_in_time.sh'), args, { env, encoding: 'utf8' });
      expect(made).toMatchObject({ status: 0, stderr: expect.stringContaining('Start PostgreSQL with it now') });
      expect(spawnSync(join(SCRIPTS, 'restore_point_in_time.sh'), args, { env }).status).toBe(5);
      return startRestored(folder, `restored-${name}`);
    }

    /** What it has begun is its own, and made anew by the next run. */
    async function killedInTheMiddle(args: string[], env: Record<string, string>, data: string): Promise<void> {
      const killed = spawn(join(SCRIPTS, 'restore_point_in_time.sh'), args, { env, detached: true, stdio: 'ignore' });
      const ended = once(killed, 'close');
      await eventually(() => existsSync(data), { timeoutMs: 20_000, everyMs: 1 });
      process.kill(-(killed.pid ?? 0), 'SIGKILL');
      await ended;
      expect(existsSync(`${data}.restoring`)).toBe(true);
    }
  }, 120_000);

  test('keeps as much log as its base backups need, and says when the log is not archived', async () => {
    const dir = await own(join(folder, 'second'));
    const [wal, base] = [await own(join(dir, 'wal')), await own(join(dir, 'base'))];
    const args = ['-c', 'archive_mode=on', '-c', 'archive_command=false', '-c', 'archive_timeout=1'];
    const server = await startPostgres({ dir, args });
    const ctx = turn(`point-in-time ${folder}`);
    try {
      const [copy, look] = archiveJobs({ base, wal, url: server.url });
      spawnSync('sh', ['-c', `echo old > ${wal}/000000010000000000000000; echo new > ${wal}/0000000100000000000000FF`]);
      // What was killed while it copied, and while it removed, has left these.
      for (const left of ['new.part', 'old.part']) await mkdir(join(base, left, 'half'), { recursive: true });
      for (let round = 0; round < 3; round += 1) {
        await copy?.run({ ...ctx, now: () => new Date(Date.UTC(2026, 10, 20 + round)) });
        await queryAt(server.url, 'SELECT pg_switch_wal()');
      }
      expect((await readdir(base)).sort()).toEqual(['20261121T000000Z', '20261122T000000Z']);
      expect(await readdir(wal)).toEqual(['0000000100000000000000FF']);
      expect((await stat(join(base, '20261122T000000Z', 'backup_manifest'))).size).toBeGreaterThan(100);
      await queryAt(server.url, 'CREATE TABLE t ()');
      await eventually(() => expect(look?.run(ctx)).rejects.toThrow(/cannot archive its log/), { timeoutMs: 20_000 });
    } finally {
      await server.stop();
      await ctx.close();
      await rm(dirname(dir), { recursive: true, force: true });
    }
  }, 120_000);
});
