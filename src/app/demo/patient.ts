import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Config } from '../../config/load.js';
import { createActions } from '../../engine/actions/actions.js';
import { createBackupCatalog } from '../../engine/backups/catalog.js';
import { runHealthCheck } from '../../engine/health/run-health-check.js';
import { createDockerEngine } from '../../engine/runtimes/docker/engine.js';
import { createClusters } from '../../engine/runtimes/kubernetes/cluster.js';
import { createRuntimes } from '../../engine/runtimes/runtimes.js';
import { createSecrets } from '../../engine/secrets/secrets.js';
import { createSnapshotCatalog } from '../../engine/snapshots/catalog.js';
import type { Closing } from '../closing.js';
import { lookingContext } from '../hands.js';
import type { Stage } from './stage.js';

/** The Redis that dies, and the shop that needs it. */
export interface Patient {
  pids(): Promise<{ redis: string; web: string }>;
  /** Number of keys, and a hash over all of them with their values; undefined while it does not answer. */
  contents(): Promise<{ keys: number; hash: string } | undefined>;
  webIsWell(): Promise<boolean>;
  /** SIGKILL, and rubbish in its data file. */
  kill(): Promise<void>;
}

export const KEYS_IN_BACKUP = 1_204;
export const KEYS_SINCE = 46;

const NONE = { days: 0, atLeast: 0, atMost: 0 };

/** Starts both, fills Redis, makes a backup, and writes a little more, as life does. */
export async function startPatient(config: Config, stage: Stage, closing: Closing): Promise<Patient> {
  const runtime = createRuntimes(() => config.services, { dataDir: stage.dataDir });
  const signal = AbortSignal.timeout(30_000);
  closing.add('patient', async () => {
    for (const name of ['shop-web', 'redis'])
      await runtime(name)
        .stop(AbortSignal.timeout(10_000))
        .catch(() => undefined);
  });
  await runtime('redis').start(signal);
  await runtime('shop-web').start(signal);
  const url = `redis://127.0.0.1:${stage.ports.patient}`;
  await untilHealthy(url, signal);
  await fill(url, 0, KEYS_IN_BACKUP);
  await backUp(config, stage, runtime, signal);
  await fill(url, KEYS_IN_BACKUP, KEYS_SINCE);

  const pidOf = async (name: string) => (await runtime(name).status()).summary.replace(/^pid /, '');
  return {
    pids: async () => ({ redis: await pidOf('redis'), web: await pidOf('shop-web') }),
    contents: () => contents(url),
    webIsWell: async () => {
      const response = await fetch(`http://127.0.0.1:${stage.ports.web}/health`, {
        signal: AbortSignal.timeout(2_000),
      }).catch(() => undefined);
      return response?.status === 200;
    },
    async kill() {
      const pid = Number(await pidOf('redis'));
      if (!Number.isInteger(pid) || pid <= 1) throw new Error('the patient does not run');
      process.kill(pid, 'SIGKILL');
      await writeFile(join(stage.folder, 'patient', 'dump.rdb'), 'REDIS0011 this was a database once');
    },
  };
}

async function untilHealthy(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const { healthy } = await runHealthCheck(
      { type: 'redis', url, intervalMs: 0, timeoutMs: 500, failures: 1 },
      signal,
    );
    if (healthy) return;
  }
}

async function fill(url: string, from: number, count: number): Promise<void> {
  await withRedis(url, async (redis) => {
    const pipeline = redis.pipeline();
    for (let n = from; n < from + count; n += 1)
      pipeline.set(`cart:${n}`, createHash('sha1').update(String(n)).digest('hex'));
    await pipeline.exec();
  });
}

async function contents(url: string): Promise<{ keys: number; hash: string } | undefined> {
  return withRedis(url, async (redis) => {
    const keys = (await redis.keys('*')).sort();
    const values = keys.length > 0 ? await redis.mget(keys) : [];
    return {
      keys: keys.length,
      hash: createHash('sha256')
        .update(JSON.stringify([keys, values]))
        .digest('hex'),
    };
  }).catch(() => undefined);
}

async function withRedis<Result>(url: string, work: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null, lazyConnect: true });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

/** By the same action that a runbook would use. */
async function backUp(
  config: Config,
  stage: Stage,
  runtime: ReturnType<typeof createRuntimes>,
  signal: AbortSignal,
): Promise<void> {
  const backups = createBackupCatalog(config.backups, { dir: join(stage.dataDir, 'backups') });
  const actions = createActions();
  const exec = () => () => Promise.reject(new Error('no programs here'));
  const none = () => Promise.reject(new Error('no circuit breakers here'));
  const options = {
    actions,
    services: () => config.services,
    runtime,
    monitored: async () => undefined,
    care: { list: async () => [], hasten: async () => {} },
    docker: createDockerEngine(undefined),
    clusters: createClusters(undefined),
    backups,
    snapshots: createSnapshotCatalog({ dir: join(stage.dataDir, 'snapshots'), secretKey: undefined, retention: NONE }),
    breakers: { open: none, reset: none, look: none },
    dataDir: stage.dataDir,
    now: () => new Date(),
    log: () => {},
    exec,
    secrets: createSecrets([]),
    installation: 'demo',
  };
  await actions.get('create_backup')?.run({ name: 'redis_backup' }, lookingContext(options, signal), {});
}
