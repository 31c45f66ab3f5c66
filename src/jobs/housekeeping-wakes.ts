import { type Job, Queue, Worker } from 'bullmq';
import { isForged, reportUnreadable, sealed } from './job-proof.js';
import { CONSUMER, connectRedis, PRODUCER } from './redis-link.js';
import type { SharedRedis } from './shared-redis.js';

const QUEUE = 'housekeeping';
/** Redis may have lost everything (D6): what shall be there is put there again. */
const RENEW_MS = 10 * 60_000;

export interface Schedule {
  name: string;
  cron: string;
  timeZone: string;
}

/**
 * Wakes the keeper at the moment when a job is due, by job schedulers of BullMQ. They carry no work: a wake-up that is
 * lost, doubled or late changes nothing but how soon the keeper looks.
 */
export function startHousekeepingWakes(
  options: SharedRedis & { schedules: readonly Schedule[] },
  onWake: () => void,
): { close(): Promise<void> } {
  const { url, prefix, link, seal, forged, schedules, log } = options;
  const producer = connectRedis(url, PRODUCER, link);
  const consumer = connectRedis(url, CONSUMER, link);
  const queue = new Queue(QUEUE, { connection: producer, prefix, skipWaitingForReady: true });
  queue.on('error', () => {});
  // The ids of its jobs are BullMQ's own: what is proven is the schedule.
  const work = async (job: Job): Promise<void> => {
    if (isForged(seal, QUEUE, job, job.name))
      forged({ where: QUEUE, ...(job.id === undefined ? {} : { job: job.id }) });
    else onWake();
  };
  const worker = new Worker(QUEUE, work, { connection: consumer, prefix, maxStalledCount: 1 });
  worker.on('error', reportUnreadable(QUEUE, forged));

  const arrange = async (): Promise<void> => {
    if (producer.status !== 'ready') return;
    try {
      const known = await queue.getJobSchedulers();
      for (const { key } of known) if (!schedules.some(({ name }) => name === key)) await queue.removeJobScheduler(key);
      for (const { name, cron, timeZone } of schedules)
        await queue.upsertJobScheduler(
          name,
          { pattern: cron, tz: timeZone },
          { name, data: sealed(seal, QUEUE, name), opts: { attempts: 1, removeOnComplete: true, removeOnFail: true } },
        );
    } catch (error) {
      // The keeper's own look finds what is due.
      log('debug', 'housekeeping: no wake-ups arranged', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  };
  producer.on('ready', () => void arrange());
  void arrange();
  const timer = setInterval(() => void arrange(), RENEW_MS);
  return {
    async close() {
      clearInterval(timer);
      await Promise.allSettled([worker.close(true), queue.close()]);
      producer.disconnect();
      consumer.disconnect();
    },
  };
}
