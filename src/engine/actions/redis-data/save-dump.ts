import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { ActionError } from '../action.js';

/** Has Redis write its data to its own dump file; resolves when that is on disk. `file` is absolute. */
export async function saveDump(redis: Redis, signal: AbortSignal): Promise<{ file: string; keys: number }> {
  // One save at a time: a save that began earlier would lack what was written since.
  await untilIdle(redis, signal);
  const keys = countKeys(await redis.info('keyspace'));
  const [beganAt = 0] = (await redis.time()).map(Number);
  await redis.bgsave();
  const after = await untilIdle(redis, signal);
  // Redis forks within BGSAVE, so "no save in progress" after it means that this one ended.
  if (after.get('rdb_last_bgsave_status') !== 'ok' || (await redis.lastsave()) < beganAt)
    throw new ActionError(
      'Redis says that its save failed; no backup was made. Its log says why (often a full disk).',
      { code: 'save_failed' },
    );
  return { file: await dumpFile(redis), keys };
}

async function untilIdle(redis: Redis, signal: AbortSignal): Promise<Map<string, string>> {
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    signal.throwIfAborted();
    const facts = parseInfo(await redis.info('persistence'));
    if (facts.get('rdb_bgsave_in_progress') === '0' && facts.get('aof_rewrite_in_progress') === '0') return facts;
    await sleep(pauseMs);
  }
}

async function dumpFile(redis: Redis): Promise<string> {
  const [folder, name] = [await setting(redis, 'dir'), await setting(redis, 'dbfilename')];
  const file = join(folder, name);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return file;
  throw new ActionError(`Redis saved to ${file}, which this machine cannot see; no backup was made.`, {
    code: 'dump_not_visible',
    retryable: false,
  });
}

async function setting(redis: Redis, name: string): Promise<string> {
  const answer: unknown = await redis.config('GET', name);
  const value: unknown = Array.isArray(answer) ? answer[1] : undefined;
  if (typeof value !== 'string')
    throw new ActionError(`Redis does not tell its setting ${name}; no backup was made.`, { code: 'save_failed' });
  return value;
}

/** `name:value` lines of INFO. */
export function parseInfo(text: string): Map<string, string> {
  return new Map(
    text
      .split(/\r?\n/)
      .flatMap((line) =>
        /^\w+:/.test(line) ? [[line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const] : [],
      ),
  );
}

/** Keys of all databases, from `db0:keys=1204,expires=0,...`. */
export function countKeys(keyspace: string): number {
  return [...keyspace.matchAll(/^db\d+:keys=(\d+)/gm)].reduce((sum, [, keys]) => sum + Number(keys), 0);
}
