import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionContext, BackupCatalog } from '../../../../src/engine/actions/action.js';
import { createBackupCatalog } from '../../../../src/engine/backups/catalog.js';
import { withRedis } from '../../../../src/engine/health/redis-session.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import type { Service } from '../../../../src/engine/model/service.js';
import type { Runtime } from '../../../../src/engine/runtimes/runtime.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { eventually, freePort } from '../../../support/index.js';
import { contextWith, serviceWith } from '../../../unit/engine/actions/context.js';

/** A real Redis under the process runtime, with a folder of its own and a backup called `redis_backup`. */
export interface RedisPatient {
  service: Service;
  runtime: Runtime;
  backups: Required<BackupCatalog>;
  folder: string;
  url: string;
  context(given?: Partial<ActionContext>): ActionContext;
  /** Starts it and waits until it answers. */
  up(): Promise<void>;
  down(): Promise<void>;
  /** Sets so many keys, named by `prefix`. */
  fill(keys: number, prefix?: string): Promise<void>;
  keys(): Promise<number>;
  /** Lines of `ctx.log`. */
  log: { message: string; facts?: JsonObject }[];
  remove(): Promise<void>;
}

const never = new AbortController().signal;

export async function createRedisPatient(args: string[] = []): Promise<RedisPatient> {
  const root = await mkdtemp(join(tmpdir(), 'reviver-patient-'));
  const folder = join(root, 'data');
  await mkdir(folder);
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const command = [
    'redis-server',
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    ...args,
  ];
  const service = serviceWith({
    dataDir: folder,
    process: { command, cwd: root, env: {} },
    health: [{ type: 'redis', url, intervalMs: 1_000, timeoutMs: 1_000, failures: 1 }],
  });
  const runtime = createRuntimes(() => [service], { dataDir: root })('redis');
  const backups = createBackupCatalog(
    { redis_backup: { service: 'redis', location: 'redis' } },
    { dir: join(root, 'backups') },
  );
  const log: RedisPatient['log'] = [];
  const base = { service: () => service, runtime: () => runtime, backups, dataDir: root, now: () => new Date() };
  const talk = <T>(work: Parameters<typeof withRedis<T>>[2]) => withRedis(url, never, work);

  return {
    service,
    runtime,
    backups,
    folder,
    url,
    log,
    context: (given = {}) => contextWith({ ...base, log: (message, facts) => log.push({ message, facts }), ...given }),
    async up() {
      await runtime.start(never);
      await eventually(() => talk(async (redis) => (await redis.ping()) === 'PONG'));
    },
    async down() {
      await runtime.stop(never);
    },
    fill: (keys, prefix = 'key') =>
      talk(
        async (redis) =>
          void (await redis.mset(Array.from({ length: keys }, (_, index) => [`${prefix}${index}`, 'x']).flat())),
      ),
    keys: () => talk((redis) => redis.dbsize()),
    async remove() {
      await runtime.stop(never);
      await rm(root, { recursive: true });
    },
  };
}
