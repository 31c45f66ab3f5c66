import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../engine/ports.js';

/** Whether Redis answers, told once a change: it may be gone for hours, and the log must stay readable (D7). */
export interface RedisLink {
  state(): 'ok' | 'down';
  /** Watches a connection; every one of a process is watched by the same link. */
  watch(client: Redis): void;
  /** From here on connections are closed on purpose: that is no news. */
  leave(): void;
}

export function createRedisLink(log: Log): RedisLink {
  let state: 'ok' | 'down' = 'down';
  let told: 'ok' | 'down' | undefined;
  let leaving = false;
  const say = (now: 'ok' | 'down', why: string): void => {
    state = now;
    if (told === now || leaving) return;
    if (now === 'down') log('warn', 'cache:fallback', { part: 'redis', error: why });
    else
      log('info', told === 'down' ? 'init_cache_safe: Redis is back' : 'init_cache_safe: Redis answers', {
        part: 'redis',
      });
    told = now;
  };
  return {
    state: () => state,
    leave() {
      leaving = true;
    },
    watch(client) {
      client.on('ready', () => say('ok', ''));
      client.on('error', (error: Error) => say('down', error.message));
      client.on('close', () => say('down', 'connection closed'));
    },
  };
}

/** For producers: fails at once while Redis is away, and reconnects by itself. */
export const PRODUCER: RedisOptions = {
  maxRetriesPerRequest: 1,
  enableReadyCheck: true,
  retryStrategy: (times) => Math.min(100 * times, 1_000),
  connectTimeout: 2_000,
};

/** For consumers: waits for as long as it takes. */
export const CONSUMER: RedisOptions = { ...PRODUCER, maxRetriesPerRequest: null };

export function connectRedis(url: string, options: RedisOptions, link: RedisLink): Redis {
  const client = new Redis(url, options);
  link.watch(client);
  return client;
}
