import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withRedis } from '../../health/redis-session.js';
import { withOwnFolder } from '../../processes/own-folder.js';
import { type ActionContext, ActionError, type ExecResult } from '../action.js';
import { BackupUnfit } from '../backup-kinds/kind.js';
import { countKeys, parseInfo } from './save-dump.js';

type Rim = Pick<ActionContext, 'exec' | 'signal'>;

const LOOK_MS = 50;

/**
 * Has a scratch Redis of its own load a dump, and counts what it found in it: the keys, and those that have expired since.
 * It listens on a socket in a folder that nobody else may enter, and is gone afterwards.
 */
export async function proveRdb(file: string, rim: Rim): Promise<number> {
  // Paths of sockets may be 100 characters long at most.
  return withOwnFolder(tmpdir(), 'rdb', async (folder) => {
    const done = new AbortController();
    const signal = AbortSignal.any([rim.signal, done.signal]);
    await copyFile(file, join(folder, 'dump.rdb'));
    const serving = serve(folder, { ...rim, signal });
    const counted = untilLoaded(join(folder, 's'), signal);
    try {
      // A server that ends by itself could not load it.
      return await Promise.race([counted, serving]);
    } finally {
      done.abort();
      await Promise.allSettled([serving, counted]);
    }
  });
}

async function serve(folder: string, { exec, signal }: Rim): Promise<never> {
  const settings = { port: '0', unixsocket: join(folder, 's'), dir: folder, dbfilename: 'dump.rdb', daemonize: 'no' };
  const args = Object.entries({ ...settings, appendonly: 'no', save: '' });
  const ended = await exec(['redis-server', ...args.flatMap(([name, value]) => [`--${name}`, value])], {
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error instanceof ActionError ? noServer() : error;
  });
  throw new BackupUnfit(`Redis cannot load it: ${lastWords(ended)}`);
}

async function untilLoaded(socket: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    const keys = await keysLoaded(socket, signal).catch(() => undefined);
    if (keys !== undefined) return keys;
    await delay(LOOK_MS, undefined, { signal });
  }
}

/** undefined: it still loads. */
function keysLoaded(socket: string, signal: AbortSignal): Promise<number | undefined> {
  return withRedis(socket, signal, async (redis) => {
    const facts = parseInfo(await redis.info('persistence'));
    if (facts.get('loading') !== '0') return undefined;
    const [loaded, expired] = [facts.get('rdb_last_load_keys_loaded'), facts.get('rdb_last_load_keys_expired')];
    // Redis 6 does not say what it found, only what it has.
    if (loaded === undefined || expired === undefined) return countKeys(await redis.info('keyspace'));
    return Number(loaded) + Number(expired);
  });
}

/** `123:M 22 Nov 2026 04:30:00.123 # Short read or OOM loading DB.` */
function lastWords({ stdout, exitCode }: ExecResult): string {
  const lines = stdout.trim().split('\n');
  const bad = lines.findLast((line) => line.includes(' # ')) ?? lines.at(-1) ?? '';
  return bad.replace(/^.*? # /, '').slice(0, 200) || `it ended with ${exitCode}`;
}

function noServer(): ActionError {
  return new ActionError(
    'There is no redis-server on this node, so that no backup of Redis can be proven. Install redis-server.',
    { code: 'no_redis_server', retryable: false },
  );
}
