import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BackupRecord } from '../../../../src/engine/actions/action.js';
import { type BackupStore, createBackupCatalog } from '../../../../src/engine/backups/catalog.js';
import { readBucketAddress } from '../../../../src/engine/backups/s3/address.js';
import { fetchBackup, mirrorBackups } from '../../../../src/engine/backups/s3/mirror.js';
import { createObjectStore } from '../../../../src/engine/backups/s3/object-store.js';
import { verify } from '../../../../src/engine/backups/verify.js';
import { type S3Server, startS3 } from '../../../platforms/s3/server.js';
import { eventually } from '../../../support/eventually.js';
import { freshRoot } from '../snapshots/subject.js';

const { signal } = new AbortController();
const ctx = { signal, log: () => {}, now: () => new Date('2026-11-22T05:00:00Z') };
const DEFINITIONS = { cache: { service: 'redis', location: 'redis' } };
const PART = 4_096;
let s3: S3Server;
let dir: string;
let catalog: BackupStore;

beforeEach(async () => {
  s3 = await startS3();
  dir = await freshRoot('mirror-');
  catalog = createBackupCatalog(DEFINITIONS, { dir, secretKey: 'ab'.repeat(32) });
});
afterEach(() => s3.close());

const store = (url = s3.url) => createObjectStore(readBucketAddress(url), PART);
const keys = () => [...s3.objects.keys()].sort();

async function made(createdAt: string, bytes = 10_000): Promise<BackupRecord> {
  const draft = await catalog.begin('cache', new Date(createdAt));
  const data = randomBytes(bytes);
  await draft.write(
    (async function* () {
      yield data;
    })(),
    { signal },
  );
  return draft.publish({ name: 'cache', service: 'redis', kind: 'redis', items: 1, createdAt: new Date(createdAt) });
}

describe('copies of backups in a store of the S3 kind', () => {
  test('are sent in parts, once, with the manifest last', async () => {
    const { id } = await made('2026-11-22T04:15:00Z');
    expect(await mirrorBackups(catalog, store(), ctx)).toMatchObject({ summary: '1 backup sent', sent: 1 });
    expect(keys()).toEqual([`reviver/redis/cache/${id}.json`, `reviver/redis/cache/${id}.rdb.age`]);
    const puts = s3.requests.filter((line) => /^(PUT|POST)/.test(line));
    expect(puts.filter((line) => line.includes('partNumber'))).toHaveLength(3);
    expect(puts.at(-1)).toMatch(/\.json 200$/);
    expect(await mirrorBackups(catalog, store(), ctx)).toMatchObject({ sent: 0 });
  });

  test('come back whole where everything here is lost', async () => {
    const records = [await made('2026-11-21T04:15:00Z'), await made('2026-11-22T04:15:00Z')];
    await mirrorBackups(catalog, store(), ctx);
    await rm(dir, { recursive: true });
    expect(await fetchBackup(catalog, store(), { name: 'cache' }, ctx)).toBe(records[1]?.id);
    const [found] = await catalog.list('cache');
    expect(found).toEqual(records[1]);
    expect(found && (await verify(found))).toBeUndefined();
    expect(await fetchBackup(catalog, store(), { name: 'cache', id: records[0]?.id ?? '' }, ctx)).toBe(records[0]?.id);
    await expect(fetchBackup(catalog, store(), { name: 'cache', id: 'no-such' }, ctx)).rejects.toThrow(
      /no complete backup no-such/,
    );
  });

  test('do not count here when what came is not what was sent', async () => {
    const { id } = await made('2026-11-22T04:15:00Z');
    await mirrorBackups(catalog, store(), ctx);
    await rm(dir, { recursive: true });
    const object = s3.objects.get(`reviver/redis/cache/${id}.rdb.age`);
    object?.body.writeUInt8(object.body.readUInt8(5_000) ^ 1, 5_000);
    await expect(fetchBackup(catalog, store(), { name: 'cache' }, ctx)).rejects.toThrow(
      /damaged \(its checksum does not match\)/,
    );
    expect(await catalog.list('cache')).toEqual([]);
  });

  test('wait for a store that is busy, and give a part that was cut off no meaning', async () => {
    await made('2026-11-22T04:15:00Z');
    s3.slowDown(3);
    expect(await mirrorBackups(catalog, store(), ctx)).toMatchObject({ sent: 1 });
    expect(s3.requests.filter((line) => line.endsWith('503'))).toHaveLength(3);
  });

  test('of a process that was killed in the middle do not count; the next one sends them, and clears what was left', async () => {
    const { id } = await made('2026-11-22T04:15:00Z');
    s3.hang((request) => request.url?.includes('partNumber=2') === true);
    const killed = new AbortController();
    const sending = mirrorBackups(catalog, store(), { ...ctx, signal: killed.signal });
    await eventually(() => [...s3.uploads.values()].some(({ parts }) => parts.size === 1));
    // As after SIGKILL: nobody tidies up.
    s3.hang((request) => request.method === 'DELETE' || request.url?.includes('partNumber=2') === true);
    killed.abort();
    await expect(sending).rejects.toThrow();
    s3.hang(() => false);
    expect(keys()).toEqual([]);
    expect(s3.uploads.size).toBe(1);
    const later = { ...ctx, now: () => new Date(Date.now() + 2 * 86_400_000) };
    expect(await mirrorBackups(catalog, store(), { ...later, signal })).toMatchObject({ sent: 1 });
    expect(keys()).toContain(`reviver/redis/cache/${id}.json`);
    expect(s3.uploads.size).toBe(0);
  }, 30_000);

  test('go when their time is over, also such as lie there alone', async () => {
    for (let day = 1; day <= 9; day += 1) await made(`2026-09-0${day}T04:15:00Z`, 100);
    await made('2026-11-22T04:15:00Z', 100);
    await mirrorBackups(catalog, store(), ctx, { full: 10, daily: 30 });
    await rm(dir, { recursive: true });
    await mirrorBackups(catalog, store(), ctx, { full: 3, daily: 30 });
    const ids = keys().filter((key) => key.endsWith('.json'));
    expect(ids.map((key) => /\d{8}/.exec(key)?.[0])).toEqual(['20260908', '20260909', '20261122']);
    expect(keys()).toHaveLength(6);
  });

  test('are refused in words: a wrong key, a missing bucket, a store that is away', async () => {
    await made('2026-11-22T04:15:00Z');
    const wrong = s3.url.replace(/:test[^@]+@/, ':another-secret@');
    await expect(mirrorBackups(catalog, store(wrong), ctx)).rejects.toThrow(
      /SignatureDoesNotMatch. The secret key is not/,
    );
    await expect(mirrorBackups(catalog, store(s3.url.replace('/backups/', '/nowhere/')), ctx)).rejects.toThrow(
      /NoSuchBucket. Make the bucket/,
    );
    const { message } = (await mirrorBackups(catalog, store(wrong), ctx).catch((error: Error) => error)) as Error;
    expect(message).not.toContain('another-secret');
    await s3.close();
    await expect(mirrorBackups(catalog, store(), ctx)).rejects.toThrow(/does not answer \(connection refused\)/);
  }, 30_000);

  test('of a backup that failed its proof are never made', async () => {
    const record = await made('2026-11-22T04:15:00Z');
    await catalog.prove(record, { outcome: 'failed', detail: 'cut', at: new Date(), durationMs: 1 });
    expect(await mirrorBackups(catalog, store(), ctx)).toMatchObject({ sent: 0 });
    await writeFile(join(dirname(record.file), 'half.rdb.age.part'), 'half');
    expect(keys()).toEqual([]);
  });
});
