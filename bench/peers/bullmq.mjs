import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';

/** What the two bare peers have in common: one table, one queue. */

/** Postgres connections of a bare worker: pg's own default. */
const CONNECTIONS = 10;
const CONCURRENCY = 200;

export async function openTable(databaseUrl, connections = CONNECTIONS) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connections });
  pool.on('error', () => {});
  await pool.query('CREATE TABLE IF NOT EXISTS plans (id text PRIMARY KEY, step int NOT NULL) WITH (fillfactor = 70)');
  return pool;
}

/** Commits one row. */
export function commitStep(pool, id, step) {
  return step === 1
    ? pool.query({ name: 'begin', text: 'INSERT INTO plans (id, step) VALUES ($1, $2)', values: [id, step] })
    : pool.query({ name: 'step', text: 'UPDATE plans SET step = $2 WHERE id = $1', values: [id, step] });
}

export function openQueue(redisUrl, prefix) {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  const queue = new Queue('plans', { connection, prefix });
  queue.on('error', () => {});
  return {
    hop: (data) => queue.add('step', data, { removeOnComplete: true, removeOnFail: true }),
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}

export async function startWorker(redisUrl, prefix, process) {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const worker = new Worker('plans', process, { connection, prefix, concurrency: CONCURRENCY });
  worker.on('error', () => {});
  await worker.waitUntilReady();
  return {
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}
