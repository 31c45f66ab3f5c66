import { Queue, Worker } from 'bullmq';
import type { Dispatcher, Log } from '../engine/ports.js';
import { CONSUMER, connectRedis, PRODUCER, type RedisLink } from './redis-link.js';

export interface WakeQueueOptions {
  url: string;
  /** Keeps installations that share a Redis apart. */
  prefix: string;
  link: RedisLink;
  log: Log;
}

export interface WakeQueue {
  wake: Dispatcher['wake'];
  close(): Promise<void>;
}

/**
 * Wake-ups over BullMQ. A job carries an id and nothing else: the truth is in Postgres, so a lost, doubled or forged job
 * can only make a worker look (D6). Job ids carry epoch and version, so that none is ignored as a duplicate.
 */
export function createWakeQueue(options: WakeQueueOptions, onLost: () => void): WakeQueue {
  const { url, prefix, link } = options;
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
      const job = { jobId: `R-${id}.e${epoch}.v${version}`, attempts: 1, removeOnComplete: true, removeOnFail: true };
      queueOf(pool)
        .add('wake', { recovery: id }, delayMs > 0 ? { ...job, delay: Math.ceil(delayMs) } : job)
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

/** Listens for wake-ups of these pools; each makes the worker look at Postgres. */
export function listenForWakes(
  options: WakeQueueOptions & { pools: string[] },
  onWake: () => void,
): { close(): Promise<void> } {
  const { url, prefix, link, pools } = options;
  const connection = connectRedis(url, CONSUMER, link);
  const workers = pools.map((pool) => {
    const worker = new Worker(queueName(pool), async () => onWake(), {
      connection,
      prefix,
      concurrency: 64,
      drainDelay: 5,
      maxStalledCount: 1,
    });
    worker.on('error', () => {});
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
