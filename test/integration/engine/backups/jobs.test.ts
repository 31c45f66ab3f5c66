import { mkdir, readdir, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type BackupStore, createBackupCatalog } from '../../../../src/engine/backups/catalog.js';
import { backupJobs } from '../../../../src/engine/backups/jobs.js';
import { withRedis } from '../../../../src/engine/health/redis-session.js';
import type { JobContext } from '../../../../src/engine/housekeeping/job.js';
import type { Service } from '../../../../src/engine/model/service.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import { type OwnRedis, startOwnRedis } from '../../../support/redis.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { freshRoot } from '../snapshots/subject.js';

const { signal } = new AbortController();
const guardian = createGuardian();
afterAll(() => guardian.close());

let dataDir: string;
let catalog: BackupStore;
let good: OwnRedis;
let away: OwnRedis;

const at = (name: string, url: string): Service =>
  serviceWith({ name, health: [{ type: 'redis', url, intervalMs: 1, timeoutMs: 2_000, failures: 1 }] });

beforeEach(async () => {
  dataDir = await freshRoot('jobs-');
  [good, away] = [await startOwnRedis(), await startOwnRedis()];
  const definitions = { one: { service: 'away', location: 'redis' }, two: { service: 'good', location: 'redis' } };
  catalog = createBackupCatalog(definitions, { dir: join(dataDir, 'backups') });
  await withRedis(good.url, signal, (client) => client.set('key', 'x'.repeat(1_000)));
}, 30_000);

function run(name: string, more: Partial<JobContext> = {}) {
  const services = [at('good', good.url), at('away', away.url)];
  const job = backupJobs({ catalog, services: () => services, dataDir }).find((one) => one.name === name);
  const exec = createExec(guardian)({ runKey: dataDir, signal });
  return job?.run({ signal, runKey: dataDir, exec, tries: 1, log: () => {}, now: () => new Date(), ...more });
}

describe('the job of backups', () => {
  test('makes those that it can, says which failed, and makes only these when it is tried again', async () => {
    await away.stop();
    await expect(run('backup_redis')).rejects.toThrow(/^one: away could not save its data: connection refused/);
    expect(await catalog.list('two')).toHaveLength(1);
    await away.start();
    expect(await run('backup_redis', { tries: 2 })).toMatchObject({ summary: expect.stringContaining('1 backup') });
    expect([(await catalog.list('one')).length, (await catalog.list('two')).length]).toEqual([1, 1]);
  }, 30_000);

  test('replaces no good one by a failed one', async () => {
    await run('backup_redis');
    const [before] = await catalog.list('one');
    await away.stop();
    await expect(run('backup_redis')).rejects.toThrow(/one: /);
    expect(await catalog.list('one')).toEqual([before]);
    expect((await readdir(catalog.folder('one'))).sort()).toEqual([`${before?.id}.json`, `${before?.id}.rdb`]);
  }, 30_000);
});

describe('the export of configuration and secrets', () => {
  const opened = (secretKey?: string) => {
    const configuration = {
      async gather(folder: string) {
        await writeFile(join(folder, 'one'), 'a secret');
        return 1;
      },
      check: async () => 'read',
    };
    const own = { service: 'good', location: 'configuration' as const, configuration };
    catalog = createBackupCatalog({ own }, { dir: join(dataDir, 'backups'), secretKey });
  };

  test('is not made without a key, and an installation that never had one is told so by the result', async () => {
    opened();
    expect(await run('backup_configuration')).toMatchObject({
      summary: expect.stringContaining('REVIVER_SECRET_KEY is not set'),
    });
    expect(await catalog.list('own')).toEqual([]);
  });

  test('fails at once when the key is lost that earlier ones were made with', async () => {
    opened('ab'.repeat(32));
    await run('backup_configuration');
    const before = await catalog.list('own');
    expect(before).toHaveLength(1);
    opened();
    await expect(run('backup_configuration')).rejects.toThrow(/^own: REVIVER_SECRET_KEY is not set/);
    expect(await catalog.list('own')).toEqual(before);
  });
});

describe('the job of proofs', () => {
  test('proves what nobody has proven, once, and screams about what is bad', async () => {
    await run('backup_redis');
    expect(await run('backup_verify')).toMatchObject({ summary: '2 backups restored and counted' });
    expect(await run('backup_verify')).toMatchObject({ summary: '0 backups restored and counted' });
    await run('backup_redis');
    const [newest] = await catalog.list('two');
    await truncate(newest?.file ?? '', 100);
    await expect(run('backup_verify')).rejects.toThrow(`Backup ${newest?.id} of two is damaged`);
    expect((await catalog.list('one'))[0]?.proof?.outcome).toBe('restored');
  }, 30_000);

  test('screams until a newer backup is good, and not only when it finds the bad one', async () => {
    await run('backup_redis');
    await run('backup_verify');
    const [proven] = await catalog.list('two');
    const later = (minutes: number) => ({ now: () => new Date((proven?.createdAt.getTime() ?? 0) + minutes * 60_000) });
    await run('backup_redis', later(1));
    const [newest] = await catalog.list('two');
    await writeFile(newest?.file ?? '', Buffer.alloc(newest?.bytes ?? 0, 'x'));
    const none = `Backup ${newest?.id} of two is none: its checksum does not match.`;
    await expect(run('backup_verify', later(2))).rejects.toThrow(none);
    await expect(run('backup_verify', later(3))).rejects.toThrow(none);
    await run('backup_redis', later(4));
    expect(await run('backup_verify', later(5))).toMatchObject({ summary: '2 backups restored and counted' });
  }, 30_000);

  test('removes what processes of another host left open half a day ago, and nothing else', async () => {
    const [old, young] = ['opened-0123abcd-1-0123abcd-abc123', 'dump-0123abcd-1-0123abcd-abc123'];
    for (const name of [old, young, 'backups-kept']) await mkdir(join(dataDir, name));
    await writeFile(join(dataDir, old, 'plain.rdb'), 'secret');
    const before = new Date(Date.now() - 24 * 3_600_000);
    for (const name of [old, 'backups-kept']) await utimes(join(dataDir, name), before, before);
    await run('backup_verify');
    expect((await readdir(dataDir)).sort()).toEqual(['backups-kept', young]);
  }, 30_000);
});
