import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { RedisLayout } from './layout.js';

export const layoutSchema = z.object({
  folder: z.string(),
  dump: z.string(),
  appendFolder: z.string(),
  appendFile: z.string(),
  appendOnly: z.enum(['yes', 'no', 'unknown']),
});

/** Where a running Redis keeps its data, as it says itself, by paths of its own file system; undefined: it does not say. */
export async function liveLayout(redis: Redis): Promise<RedisLayout | undefined> {
  const setting = async (name: string): Promise<string | undefined> => {
    const answer: unknown = await redis.config('GET', name);
    const value: unknown = Array.isArray(answer) ? answer[1] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  try {
    const [folder, dump] = [await setting('dir'), await setting('dbfilename')];
    if (folder === undefined || dump === undefined) return undefined;
    return {
      folder,
      dump,
      // Redis 6 has one append-only file and no folder for it.
      appendFolder: (await setting('appenddirname')) ?? '',
      appendFile: (await setting('appendfilename')) ?? 'appendonly.aof',
      appendOnly: (await setting('appendonly')) === 'yes' ? 'yes' : 'no',
    };
  } catch {
    return undefined;
  }
}
