import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPrivateFolder } from '../../../../scripts/services/private-folder.mjs';
import { fetchArchive } from '../../../../src/engine/backups/archive/fetch.js';
import { sendBase, sendLog } from '../../../../src/engine/backups/archive/send.js';
import { archiveJobs } from '../../../../src/engine/backups/archive-jobs.js';
import { readBucketAddress } from '../../../../src/engine/backups/s3/address.js';
import { createObjectStore } from '../../../../src/engine/backups/s3/object-store.js';
import { type S3Server, startS3 } from '../../../platforms/s3/server.js';
import { eventually } from '../../../support/eventually.js';
import { queryAt } from '../../../support/postgres-service.js';
import { lose, own, SCRIPTS, startArchiving, startRestored, turn } from './archiving-server.js';

const KEY = 'ab'.repeat(32);
let s3: S3Server;
let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  s3 = await startS3();
  const made = await createPrivateFolder('reviver-archive');
  [folder, remove] = [made.path, () => made.remove()];
});
afterEach(async () => {
  await s3.close();
  await remove();
});

const copies = (where: string, secretKey: string | undefined = KEY) => ({
  base: join(folder, where, 'base'),
  wal: join(folder, where, 'wal'),
  store: createObjectStore(readBucketAddress(s3.url), 256 * 1_024),
  secretKey,
});
const keys = (like: RegExp) => [...s3.objects.keys()].filter((key) => like.test(key)).sort();
const SEGMENT = '000000010000000000000003';

/** An archive as files, without a server: a base backup that begins with segment 3, and the segments 2 to 4. */
async function madeUp(name = '20261122T030000Z', from = SEGMENT) {
  const archive = copies('here');
  const base = join(archive.base, name);
  await mkdir(join(base, 'pg_twophase'), { recursive: true });
  await mkdir(archive.wal, { recursive: true });
  await writeFile(join(base, 'backup_label'), `START WAL LOCATION: 0/3000028 (file ${from})\n`);
  await writeFile(join(base, 'backup_manifest'), 'x'.repeat(1_000_000));
  for (const n of [2, 3, 4]) await writeFile(join(archive.wal, `00000001000000000000000${n}`), `segment ${n}`);
  await writeFile(join(archive.wal, '00000001.history'), 'a timeline');
  await writeFile(join(archive.wal, `${SEGMENT}.part.4711`), 'half');
  return archive;
}

describe('copies of the archive of Postgres in a store', () => {
  test('bring a server back to a moment when its machine and all backups on it are gone', async () => {
    const [wal, base] = [await own(join(folder, 'here', 'wal')), await own(join(folder, 'here', 'base'))];
    const server = await startArchiving(folder, wal, 1);
    const ask = (text: string) => queryAt(server.url, text);
    const ctx = turn(`archive in store ${folder}`);
    const [copy, , log, upload] = archiveJobs({ ...copies('here'), base, wal, url: server.url });
    await ask('CREATE TABLE written AS SELECT n FROM generate_series(1, 100) n');
    await copy?.run(ctx);
    expect(await upload?.run(ctx)).toMatchObject({ summary: expect.stringMatching(/^base backup \d{8}T\d{6}Z sent$/) });
    await ask('INSERT INTO written SELECT generate_series(101, 200)');
    const beforeMistake = String((await ask('SELECT clock_timestamp()::text AS at'))[0]?.at);
    await ask('DELETE FROM written');
    const wanted = String((await ask('SELECT pg_walfile_name(pg_switch_wal()) AS name'))[0]?.name);
    await eventually(async () => (await readdir(wal)).includes(wanted), { timeoutMs: 20_000 });
    expect(await log?.run(ctx)).toMatchObject({ summary: expect.stringMatching(/^\d+ pieces? sent$/) });
    await lose(folder, server);
    await rm(join(folder, 'here'), { recursive: true });
    // Nobody who reads the store reads the data.
    expect(keys(/\.age$/).length).toBeGreaterThan(1);
    expect(keys(/(tar|gz)$/)).toEqual([]);

    const there = copies('there');
    for (const dir of [there.base, there.wal]) await own(dir);
    const fetched = await fetchArchive(there, ctx);
    expect(fetched).toMatchObject({ base: expect.stringMatching(/Z$/), pieces: expect.any(Number) });
    const env = { PATH: process.env.PATH ?? '', BACKUP_BASE_DIR: there.base, BACKUP_WAL_DIR: there.wal };
    const data = join(await own(join(folder, 'restored')), 'data');
    const made = spawnSync(join(SCRIPTS, 'restore_point_in_time.sh'), ['--data-dir', data, '--to', beforeMistake], {
      env,
      encoding: 'utf8',
    });
    expect(made).toMatchObject({ status: 0, stderr: expect.stringContaining('Start PostgreSQL with it now') });
    const restored = await startRestored(folder, 'restored');
    expect((await restored.ask('SELECT count(*)::int AS n FROM written'))[0]?.n).toBe(200);
    await restored.stop();
    await ctx.close();
  }, 120_000);

  test('are sent once; a log that was cut off in the middle goes on, and a base backup without its manifest is none', async () => {
    const archive = await madeUp();
    const ctx = turn('sent once');
    s3.hang((request) => request.url?.includes(`wal/${SEGMENT}`) === true || request.url?.includes('.json') === true);
    const killed = new AbortController();
    const sending = [sendLog, sendBase].map((send) => send(archive, { ...ctx, signal: killed.signal }));
    await eventually(() => expect(s3.hung).toHaveLength(2), { timeoutMs: 20_000 });
    expect([keys(/wal/).length, keys(/tar/).length]).toEqual([2, 1]);
    killed.abort(new Error('killed'));
    for (const one of sending) await expect(one).rejects.toThrow('killed');
    s3.hang(() => false);
    await expect(fetchArchive(copies('there'), ctx)).rejects.toThrow(/no whole base backup/);
    expect(await sendLog(archive, ctx)).toMatchObject({ summary: '2 pieces sent' });
    expect(await sendBase(archive, ctx)).toMatchObject({ base: '20261122T030000Z' });
    expect(await sendLog(archive, ctx)).toMatchObject({ summary: 'nothing new' });
    expect(await sendBase(archive, ctx)).toMatchObject({ summary: expect.stringContaining('nothing new') });
    expect(await fetchArchive(copies('there'), ctx)).toEqual({ base: '20261122T030000Z', pieces: 3 });
    expect((await readdir(copies('there').wal)).sort()).toEqual([
      '00000001.history',
      SEGMENT,
      `${SEGMENT.slice(0, -1)}4`,
    ]);
    expect(await fetchArchive(copies('there'), ctx)).toEqual({ base: '20261122T030000Z', pieces: 0 });
    await ctx.close();
  }, 60_000);

  test('do not count here when what came is not what was sent', async () => {
    const archive = await madeUp();
    const ctx = turn('damaged');
    await sendBase(archive, ctx);
    await sendLog(archive, ctx);
    const [data = ''] = keys(/tar/);
    const object = s3.objects.get(data);
    object?.body.writeUInt8(object.body.readUInt8(900) ^ 1, 900);
    await expect(fetchArchive(copies('there'), ctx)).rejects.toThrow(/20261122T030000Z in the store cannot be used/);
    expect(await readdir(copies('there').base)).toEqual([]);
    await expect(fetchArchive(copies('there', 'cd'.repeat(32)), ctx)).rejects.toThrow(/cannot be used/);
    await ctx.close();
  }, 60_000);

  test('of older base backups go, with the log that only they need', async () => {
    const ctx = turn('old');
    await sendBase(await madeUp('20261120T030000Z', '000000010000000000000002'), ctx);
    await sendLog(copies('here'), ctx);
    await sendBase(await madeUp('20261121T030000Z'), ctx);
    // Its manifest never came.
    const [data = ''] = keys(/20261120.*tar/);
    const manifest = data.replace('.tar.gz.age', '.json');
    s3.objects.delete(manifest);
    const last = await sendBase(await madeUp('20261122T030000Z'), ctx);
    expect(last).toMatchObject({ summary: 'base backup 20261122T030000Z sent; 2 old objects removed' });
    expect(keys(/20261120/)).toEqual([]);
    expect(keys(/wal/).map((key) => /[0-9A-F]{24}|history/.exec(key)?.[0])).toEqual([
      'history',
      SEGMENT,
      `${SEGMENT.slice(0, -1)}4`,
    ]);
    await ctx.close();
  }, 60_000);
});
