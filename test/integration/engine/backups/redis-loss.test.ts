import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createBackupCatalog } from '../../../../src/engine/backups/catalog.js';
import { backupJobs } from '../../../../src/engine/backups/jobs.js';
import { ownBackups, withOwn } from '../../../../src/engine/backups/own.js';
import { withRedis } from '../../../../src/engine/health/redis-session.js';
import { nextAfter } from '../../../../src/engine/housekeeping/cron.js';
import type { JobContext } from '../../../../src/engine/housekeeping/job.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import { eventually } from '../../../support/eventually.js';
import { type OwnRedis, startOwnRedis } from '../../../support/redis.js';
import { freshRoot } from '../snapshots/subject.js';

const { signal } = new AbortController();
const guardian = createGuardian();
afterAll(() => guardian.close());

/** Seconds that the disaster recovery document allows. */
const ALLOWED_S = 5 * 60;

async function careFor(redis: OwnRedis) {
  const dataDir = await freshRoot('redis-loss-');
  const own = ownBackups({ databaseUrl: 'postgresql://nobody@127.0.0.1:9/none', redisUrl: redis.url });
  const catalog = createBackupCatalog(withOwn({}, own), { dir: join(dataDir, 'backups') });
  const jobs = backupJobs({ catalog, services: () => own.services, dataDir });
  const exec = createExec(guardian)({ runKey: dataDir, signal });
  const at = (now: Date): JobContext => ({ signal, runKey: dataDir, exec, tries: 1, log: () => {}, now: () => now });
  const job = (name: string) => jobs.find((one) => one.name === name);
  return { catalog, job, at };
}

describe('what a Redis may lose', () => {
  test('when it is killed is the second that its append-only file is behind at most', async () => {
    const redis = await startOwnRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'everysec'] });
    const written: number[] = [];
    const until = Date.now() + 3_000;
    await withRedis(redis.url, signal, (client) =>
      eventually(
        async () => {
          await client.rpush('written', Date.now());
          written.push(Date.now());
          return Date.now() > until;
        },
        { timeoutMs: 10_000, everyMs: 5 },
      ),
    );
    const lostAt = Date.now();
    await redis.kill();
    await redis.start();
    const last = await withRedis(redis.url, signal, async (client) => Number(await client.lindex('written', -1)));
    const lossS = (lostAt - last) / 1_000;
    console.log(`lost: ${lossS.toFixed(2)} s of ${written.length} writes; allowed: ${ALLOWED_S} s`);
    expect(lossS).toBeLessThan(5);
  }, 30_000);

  test('with its disk is what it was given since the last of the backups that come every five minutes', async () => {
    const redis = await startOwnRedis();
    const { catalog, job, at } = await careFor(redis);
    const recent = job('backup_redis_recent');
    const cron = recent?.cron ?? '';
    let now = new Date('2026-11-22T10:00:00Z');
    let longestS = 0;
    for (let round = 0; round < 14; round += 1) {
      await withRedis(redis.url, signal, (client) => client.set('round', round));
      await recent?.run(at(now));
      const next = nextAfter(cron, 'UTC', now);
      longestS = Math.max(longestS, (next.getTime() - now.getTime()) / 1_000);
      now = next;
    }
    expect(longestS).toBeLessThanOrEqual(ALLOWED_S);
    const records = await catalog.list('reviver_redis_recent');
    expect(records).toHaveLength(12);
    // The daily ones are others, and neither crowds the other out.
    await job('backup_redis')?.run(at(now));
    expect(await catalog.list('reviver_redis')).toHaveLength(1);
    expect(await catalog.list('reviver_redis_recent')).toHaveLength(12);

    await redis.stop();
    await rm(join(redis.dir, 'dump.rdb'), { force: true });
    const { copyFile } = await import('node:fs/promises');
    await copyFile(records[0]?.file ?? '', join(redis.dir, 'dump.rdb'));
    await redis.start();
    expect(await withRedis(redis.url, signal, (client) => client.get('round'))).toBe('13');
  }, 60_000);
});
