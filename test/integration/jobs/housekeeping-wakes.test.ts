import { expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { startHousekeepingWakes } from '../../../src/jobs/housekeeping-wakes.js';
import { createRedisLink } from '../../../src/jobs/redis-link.js';
import { type Forgery, sharedRedis } from '../../../src/jobs/shared-redis.js';
import { eventually } from '../../support/eventually.js';
import { startOwnRedis } from '../../support/redis.js';

function shared(url: string) {
  const log = () => {};
  const forged: Forgery[] = [];
  const parts = { url, link: createRedisLink(log), forged: (one: Forgery) => void forged.push(one), log };
  return { wakes: sharedRedis({ installation: 'test', sealKey: Buffer.alloc(32, 7) }, parts), forged };
}

test('a job scheduler of BullMQ wakes the keeper, and those of jobs that are no more go', async () => {
  const redis = await startOwnRedis();
  const { wakes, forged } = shared(redis.url);
  const connection = { url: redis.url, maxRetriesPerRequest: 1 };
  const queue = new Queue('housekeeping', { connection, prefix: wakes.prefix });
  await queue.upsertJobScheduler('gone', { pattern: '0 4 * * *' });
  let woken = 0;
  // Six fields: every second.
  const schedules = [{ name: 'backup_redis', cron: '* * * * * *', timeZone: 'Europe/Berlin' }];
  const waking = startHousekeepingWakes({ ...wakes, schedules }, () => {
    woken += 1;
  });
  try {
    await eventually(() => woken >= 2);
    expect((await queue.getJobSchedulers()).map(({ key }) => key)).toEqual(['backup_redis']);
    expect(forged).toEqual([]);
    const before = woken;
    await queue.add('backup_redis', {}, { jobId: 'now', removeOnComplete: true });
    await eventually(() => expect(forged).toEqual([{ where: 'housekeeping', job: 'now' }]));
    expect(woken - before).toBeLessThanOrEqual(2);
  } finally {
    await waking.close();
    await queue.close();
  }
});

test('without Redis it neither hangs nor throws', async () => {
  const redis = await startOwnRedis();
  const { wakes } = shared(redis.url);
  await redis.stop();
  const waking = startHousekeepingWakes({ ...wakes, schedules: [] }, () => {});
  await waking.close();
});
