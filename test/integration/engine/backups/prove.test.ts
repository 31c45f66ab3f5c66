import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BackupRecord } from '../../../../src/engine/actions/action.js';
import { type BackupStore, createBackupCatalog } from '../../../../src/engine/backups/catalog.js';
import { proveBackup } from '../../../../src/engine/backups/prove.js';
import { saveBackup } from '../../../../src/engine/backups/save.js';
import { sha256Of } from '../../../../src/engine/backups/sha256.js';
import { withRedis } from '../../../../src/engine/health/redis-session.js';
import type { Service } from '../../../../src/engine/model/service.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import { type OwnPostgres, startOwnPostgres } from '../../../support/postgres.js';
import { queryAt } from '../../../support/postgres-service.js';
import { startOwnRedis } from '../../../support/redis.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { freshRoot } from '../snapshots/subject.js';

const { signal } = new AbortController();
const KEY = 'ab'.repeat(32);
const guardian = createGuardian();
let postgres: OwnPostgres;
beforeAll(async () => {
  postgres = await startOwnPostgres();
}, 60_000);
afterAll(() => guardian.close());

interface Subject {
  catalog: BackupStore;
  service: Service;
  save(): Promise<BackupRecord>;
  prove(record: BackupRecord): ReturnType<typeof proveBackup>;
}

async function subject(location: 'postgres' | 'redis', url: string, secretKey: string | undefined): Promise<Subject> {
  const dataDir = await freshRoot('proof-');
  const definition = { service: 'patient', location };
  const catalog = createBackupCatalog({ nightly: definition }, { dir: join(dataDir, 'backups'), secretKey });
  const health = [{ type: location, url, intervalMs: 1, timeoutMs: 2_000, failures: 1 }];
  const service = serviceWith({ name: 'patient', health });
  const runKey = `prove ${dataDir}`;
  const rim = {
    signal,
    dataDir,
    runKey,
    log: () => {},
    now: () => new Date(),
    exec: createExec(guardian)({ runKey, signal }),
  };
  return {
    catalog,
    service,
    save: () => saveBackup('nightly', definition, service, catalog, rim),
    prove: (record) => proveBackup(record, service, catalog, rim),
  };
}

async function shop(name: string, secretKey?: string): Promise<Subject> {
  await postgres.query(`CREATE DATABASE ${name}`);
  await queryAt(
    postgres.url,
    'CREATE TABLE orders AS SELECT n, md5(n::text) AS text FROM generate_series(1, 20000) n',
    name,
  );
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return subject('postgres', url.href, secretKey);
}

async function cache(secretKey?: string): Promise<Subject & { url: string }> {
  const { url } = await startOwnRedis();
  await withRedis(url, signal, async (redis) => {
    for (let n = 0; n < 1_200; n += 1) await redis.set(`key ${n}`, 'x'.repeat(100));
    await redis.set('session', 'gone soon', 'PX', 40);
  });
  return { ...(await subject('redis', url, secretKey)), url };
}

/** As if it had been made so: the checksum fits, and only a restore can tell. */
async function cutTo(record: BackupRecord, share: number): Promise<BackupRecord> {
  const bytes = Math.floor((await stat(record.file)).size * share);
  await truncate(record.file, bytes);
  const now = { bytes, sha256: await sha256Of(record.file) };
  const manifest = join(dirname(record.file), `${record.id}.json`);
  await writeFile(manifest, JSON.stringify({ ...JSON.parse(await readFile(manifest, 'utf8')), ...now }));
  return { ...record, ...now };
}

const databases = async () =>
  (await postgres.query<{ datname: string }>(`SELECT datname FROM pg_database WHERE datname ~ 'scratch'`)).length;

describe('the proof of a backup of Postgres', () => {
  test.each([
    ['plain', undefined],
    ['encrypted', KEY],
  ])(
    '%s: it is restored, counted, and dropped again',
    async (kind, key) => {
      const { save, prove, catalog } = await shop(`proof_${kind}`, key);
      const record = await save();
      expect(record).toMatchObject({ items: 20_000, kind: 'postgres' });
      expect(record.file.endsWith('.dump.age')).toBe(key !== undefined);
      expect(await prove(record)).toMatchObject({
        outcome: 'restored',
        detail: '20,000 rows in 1 table, as counted when it was made',
      });
      expect((await catalog.list('nightly'))[0]?.proof).toMatchObject({ outcome: 'restored' });
      expect(await databases()).toBe(0);
    },
    60_000,
  );

  test('finds a dump that was cut at 60 %, although its checksum fits', async () => {
    const { save, prove, catalog } = await shop('proof_cut');
    const proof = await prove(await cutTo(await save(), 0.6));
    expect(proof).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('pg_restore cannot restore it') });
    expect((await catalog.list('nightly'))[0]?.proof?.outcome).toBe('failed');
    expect(await databases()).toBe(0);
  }, 60_000);

  test('finds rows that are not in it', async () => {
    const { save, prove } = await shop('proof_rows');
    const record = await save();
    const manifest = record.postgres && { ...record.postgres, tables: { 'public.orders': 20_001 } };
    const proof = await prove({ ...record, ...(manifest ? { postgres: manifest } : {}) });
    expect(proof.detail).toBe('restored, public.orders has 20000 rows instead of 20001');
  }, 60_000);

  test('finds bytes that have changed on the disk, and one of another key', async () => {
    const { save, prove, catalog } = await shop('proof_bytes', KEY);
    const record = await save();
    const other = createBackupCatalog(
      { nightly: { service: 'patient', location: 'postgres' } },
      { dir: join(dirname(record.file), '..', '..'), secretKey: 'cd'.repeat(32) },
    );
    const how = { dir: dirname(record.file), signal };
    await expect(other.opened(record, how, async () => {})).rejects.toThrow(
      /cannot be decrypted with this REVIVER_SECRET_KEY/,
    );
    await truncate(record.file, 5_000);
    expect(await prove(record)).toMatchObject({ outcome: 'failed', detail: 'its checksum does not match' });
    expect(await catalog.damaged('nightly')).toHaveLength(1);
  }, 60_000);
});

describe('the proof of a backup of Redis', () => {
  test.each([
    ['plain', undefined],
    ['encrypted', KEY],
  ])(
    '%s: a scratch Redis loads it; what has expired since is counted',
    async (_, key) => {
      const { save, prove } = await cache(key);
      const record = await save();
      expect(record.items).toBe(1_201);
      expect(await prove(record)).toMatchObject({
        outcome: 'restored',
        detail: '1,201 keys, as counted when it was made',
      });
    },
    60_000,
  );

  test('finds a dump that was cut at 60 %, although its checksum fits', async () => {
    const { save, prove } = await cache();
    const proof = await prove(await cutTo(await save(), 0.6));
    expect(proof).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('Redis cannot load it') });
  }, 60_000);
});

describe('what is kept', () => {
  test('is the encrypted file and its manifest, and nothing else', async () => {
    const { save } = await cache(KEY);
    const record = await save();
    const folder = dirname(record.file);
    expect((await readdir(folder)).sort()).toEqual([`${record.id}.json`, `${record.id}.rdb.age`]);
    expect((await readFile(record.file)).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  }, 60_000);
});
