import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis } from '../../scripts/services/redis.mjs';
import { required } from './required.js';

export interface TestRedis {
  url: string;
  /** Begins every key of this file, which are deleted at the end. Others use the same server: never flush it. */
  prefix: string;
}

/** A part of the run's Redis for the test file that calls it, at its top. */
export function withRedis(): TestRedis {
  const url = required('REDIS_URL');
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  afterAll(() => deleteKeys(url, `${prefix}*`));
  return { url, prefix };
}

export interface OwnRedis {
  /** The same over restarts. */
  readonly url: string;
  readonly port: number;
  /** undefined while it is down. */
  readonly pid: number | undefined;
  readonly dir: string;
  /** In good order. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** On the same port and folder. */
  start(): Promise<void>;
  flush(): Promise<void>;
}

/** A server that this test may stop, flush and kill; ends with the test file. Call it in a test, a hook or at the top. */
export async function startOwnRedis(options: { args?: string[] } = {}): Promise<OwnRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'redis-'));
  const { args } = options;
  const first = await startRedis({ dir, args });
  const { url, port } = first;
  let server: typeof first | undefined = first;
  const own: OwnRedis = {
    url,
    port,
    dir,
    get pid() {
      return server?.pid;
    },
    async stop() {
      await server?.stop();
      server = undefined;
    },
    async kill() {
      if (server) process.kill(server.pid, 'SIGKILL');
      await own.stop();
    },
    async start() {
      server ??= await startRedis({ dir, port, args });
    },
    flush: () => withClient(url, async (client) => void (await client.flushall())),
  };
  OPEN.add(own);
  return own;
}

/** Hooks cannot be added inside a test, so one hook of the file closes what its tests opened. */
const OPEN = new Set<OwnRedis>();
afterAll(async () => {
  for (const own of OPEN) {
    await own.stop();
    await rm(own.dir, { recursive: true, force: true });
  }
  OPEN.clear();
});

async function deleteKeys(url: string, pattern: string): Promise<void> {
  await withClient(url, async (client) => {
    for await (const keys of client.scanStream({ match: pattern, count: 1_000 })) {
      if (keys.length > 0) await client.unlink(...keys);
    }
  });
}

async function withClient(url: string, use: (client: Redis) => Promise<void>): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  client.on('error', () => {});
  try {
    await use(client);
  } finally {
    client.disconnect();
  }
}
