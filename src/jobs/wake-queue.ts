import { type Job, Queue, Worker } from 'bullmq';
import type { Dispatcher } from '../engine/ports.js';
import { isForged, reportUnreadable, sealed } from './job-proof.js';
import { CONSUMER, connectRedis, PRODUCER } from './redis-link.js';
import type { SharedRedis } from './shared-redis.js';

export interface WakeQueue {
  wake: Dispatcher['wake'];
  close(): Promise<void>;
}

/**
 * Wake-ups over BullMQ. A job carries an id and the proof that it is ours: the truth is in Postgres, so a lost or doubled
 * job can only make a worker look (D6). Job ids carry epoch and version, so that none is ignored as a duplicate.
 */
export function createWakeQueue(options: SharedRedis, onLost: () => void): WakeQueue {
  const { url, prefix, link, seal } = options;
  const connection = connectRedis(url, PRODUCER, link);
  const queues = new Map<string, Queue>();
  const queueOf = (pool: string): Queue => {
    const known = queues.get(pool);
    if (known) return known;
    const made = new Queue(queueName(pool), { connection, prefix, skipWaitingForReady: true });
    made.on('error', () => {});
    queues.set(pool, made);
    return made;
  };
  return {
    wake(recovery, delayMs = 0) {
      // Sentinels or a cluster that are all gone would keep it until they are back; the poll is earlier.
      if (connection.status !== 'ready') return onLost();
      const { id, epoch, version, pool } = recovery;
      const jobId = `R-${id}.e${epoch}.v${version}`;
      const job = { jobId, attempts: 1, removeOnComplete: true, removeOnFail: true };
      queueOf(pool)
        .add('wake', sealed(seal, queueName(pool), jobId), delayMs > 0 ? { ...job, delay: Math.ceil(delayMs) } : job)
        .catch(() => {
          link.doubt(connection);
          onLost();
        });
    },
    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}

/** Listens for wake-ups of these pools; each makes the worker look at Postgres. One that is not ours does nothing but be told of. */
export function listenForWakes(
  options: SharedRedis & { pools: string[] },
  onWake: () => void,
): { close(): Promise<void> } {
  const { url, prefix, link, seal, forged, pools } = options;
  const connection = connectRedis(url, CONSUMER, link);
  const workers = pools.map((pool) => {
    const where = queueName(pool);
    const work = async (job: Job): Promise<void> => {
      if (isForged(seal, where, job)) forged({ where, ...(job.id === undefined ? {} : { job: job.id }) });
      else onWake();
    };
    const worker = new Worker(where, work, { connection, prefix, concurrency: 64, drainDelay: 5, maxStalledCount: 1 });
    worker.on('error', reportUnreadable(where, forged));
    return worker;
  });
  return {
    async close() {
      // Without force it waits for Redis, which may be the very thing that is gone.
      await Promise.allSettled(workers.map((worker) => worker.close(true)));
      connection.disconnect();
    },
  };
}

function queueName(pool: string): string {
  return `wake-${pool}`;
}
