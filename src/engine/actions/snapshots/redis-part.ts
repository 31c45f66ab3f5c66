import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { withRedis } from '../../health/redis-session.js';
import { within } from '../../health/within.js';
import { count, failureInWords } from '../../health/words.js';
import type { Service } from '../../model/service.js';
import { ActionError } from '../action.js';
import { sizeInWords } from '../docker/size.js';
import { layoutSchema, liveLayout } from '../redis-data/live-layout.js';
import { countKeys, parseInfo } from '../redis-data/save-dump.js';
import { proveRdb } from '../redis-data/scratch.js';
import { streamDump } from '../redis-data/stream-dump.js';
import { NotAnswering, type Part } from './part.js';

const LOOK_MS = 3_000;

export const redisDump = (folder: string): string => join(folder, 'redis', 'dump.rdb');

export const redisFacts = z.object({ keys: z.number(), layout: layoutSchema.nullable() });

/** The data of a running Redis as one dump, wherever it runs. */
export const redisPart: Part = {
  name: 'redis',
  title: 'the data of Redis',
  has: ({ service }) => urlOf(service) !== undefined,

  async measure({ service }, { signal }) {
    const { keys, bytes } = await look(service, signal);
    return { bytes, words: `Redis, ${count(keys, 'key')}, ${sizeInWords(bytes)} in its memory` };
  },

  async capture({ service }, folder, { signal }) {
    const { keys, layout } = await look(service, signal);
    const file = redisDump(folder);
    await mkdir(join(folder, 'redis'), { recursive: true });
    const { bytes } = await streamDump(urlOf(service) ?? '', file, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error instanceof ActionError ? error : broken(service, failureInWords(error), error);
    });
    await requireWhole(service, file, bytes);
    return {
      contents: [`Redis, ${count(keys, 'key')}, ${sizeInWords(bytes)} as a dump`],
      facts: { redis: { keys, layout: layout ? { ...layout } : null } },
    };
  },

  async prove(_, folder, __, rim) {
    const found = await proveRdb(redisDump(folder), rim);
    return [`a scratch Redis has loaded its ${count(found, 'key')}`];
  },
};

function urlOf({ health }: Service): string | undefined {
  return health.find(({ type, url }) => type === 'redis' && url !== undefined)?.url;
}

function look(service: Service, signal: AbortSignal) {
  return within(LOOK_MS, signal, (limited) =>
    withRedis(urlOf(service) ?? '', limited, async (redis) => ({
      keys: countKeys(await redis.info('keyspace')),
      bytes: Number(parseInfo(await redis.info('memory')).get('used_memory') ?? 0),
      layout: await liveLayout(redis),
    })),
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new NotAnswering(failureInWords(error));
  });
}

/** A dump ends with a mark and a checksum of 8 bytes. Source: rdb.c of Redis, since version 5 of the format. */
const MARK_FROM_END = 9;
const END = 0xff;

async function requireWhole(service: Service, path: string, bytes: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { buffer: head } = await file.read(Buffer.alloc(5), 0, 5, 0);
    const { buffer: mark } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, bytes - MARK_FROM_END));
    if (head.toString('latin1') !== 'REDIS' || mark[0] !== END) throw broken(service, 'it is not whole', undefined);
  } finally {
    await file.close();
  }
}

/** A full disk is no matter of Redis: it is explained where snapshots are written. */
function broken({ name }: Service, why: string, cause: unknown): unknown {
  if (typeof cause === 'object' && cause !== null && 'syscall' in cause && cause.syscall === 'write') return cause;
  return new ActionError(
    `The data of ${name} did not come in full (${why}). No snapshot was kept, and ${name} was not touched.`,
    { code: 'not_dumped' },
  );
}
