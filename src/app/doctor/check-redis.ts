import { isBadAddress, placeOfRedis, readRedisAddress } from '../../engine/model/redis-address.js';
import { connectRedis, createRedisLink } from '../../jobs/redis-link.js';
import { compareClock } from './clock.js';
import type { Check, Finding } from './finding.js';
import type { Patient } from './patient.js';
import { reasonOf } from './reason.js';

const about = 'redis';
/** One try, no queue of commands that wait for a better time, and a quick end of what does not answer. */
const ONCE = {
  lazyConnect: true,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
  connectTimeout: 2_500,
  disconnectTimeout: 100,
};

export function checkRedis({ environment, config }: Patient): Check {
  return async (signal) => {
    const url = environment.REDIS_URL?.reveal() ?? config?.brokerUrl;
    if (!url)
      return [
        {
          state: 'broken',
          about,
          what: 'REDIS_URL is not set',
          mend: 'Set REDIS_URL, such as redis://127.0.0.1:6379.',
        },
      ];
    let reason: string | undefined;
    const link = createRedisLink((_level, _message, facts) => {
      reason ??= facts?.error ? String(facts.error) : undefined;
    });
    const client = connectRedis(url, ONCE, link);
    signal.addEventListener('abort', () => client.disconnect());
    try {
      await client.connect();
      const info = readInfo(await client.info());
      const clock = await compareClock(about, async () => toMs(await client.time()));
      return [judgeVersion(info), judgePolicy(info), judgeAof(info), clock];
    } catch (error) {
      return [unreachable(url, reason ?? reasonOf(error))];
    } finally {
      client.disconnect();
    }
  };
}

type Info = ReadonlyMap<string, string>;

/** `key:value` lines, with headings between. */
export function readInfo(text: string): Info {
  return new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, key = '', value = '']) => [key, value]));
}

export function judgeVersion(info: Info): Finding {
  const text = info.get('redis_version') ?? 'unknown';
  const [major = 0, minor = 0] = text.split('.').map(Number);
  const what = `Redis ${text} answers`;
  if (major > 6 || (major === 6 && minor >= 2)) return { state: 'ok', about, what };
  return { state: 'broken', about, what, mend: 'Use Redis 6.2 or newer.' };
}

export function judgePolicy(info: Info): Finding {
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  const what = `maxmemory-policy is ${policy}`;
  if (policy === 'noeviction') return { state: 'ok', about, what };
  const mend =
    'Set "maxmemory-policy noeviction" in redis.conf: with another one Redis drops wake-ups when it is full.';
  return { state: 'broken', about, what, mend };
}

/** Reviver survives the loss of Redis; with AOF it also loses no time. */
export function judgeAof(info: Info): Finding {
  if (info.get('aof_enabled') === '1') return { state: 'ok', about, what: 'the append-only file is on' };
  const mend = 'Set "appendonly yes" in redis.conf: without it, wake-ups that a restart loses come seconds later.';
  return { state: 'warning', about, what: 'the append-only file is off', mend };
}

function unreachable(url: string, reason: string): Finding {
  const mend = 'Start Redis, or correct REDIS_URL (host, port, password).';
  const address = readRedisAddress(url);
  const place = isBadAddress(address) ? 'Redis' : placeOfRedis(address);
  return { state: 'broken', about, what: `${place} cannot be reached: ${reason}`, mend };
}

function toMs([seconds, microseconds]: readonly (string | number)[]): number {
  return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
}
