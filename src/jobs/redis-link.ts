import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { isBadAddress, type RedisAddress, readRedisAddress } from '../engine/model/redis-address.js';
import type { Log } from '../engine/ports.js';

/** A connection to one server, to whatever server the Sentinels call the master, or to a cluster. */
export type RedisClient = Redis | Cluster;

/** Whether Redis answers, told once a change: it may be gone for hours, and the log must stay readable (D7). */
export interface RedisLink {
  state(): 'ok' | 'down';
  /** Watches a connection; every one of a process is watched by the same link. */
  watch(client: RedisClient): void;
  /** A command failed although there is a connection: of a cluster a part may be gone, which it does not tell by itself. */
  doubt(client: RedisClient): void;
  /** From here on connections are closed on purpose: that is no news. */
  leave(): void;
}

const ASK_AGAIN_MS = 1_000;

export function createRedisLink(log: Log): RedisLink {
  let state: 'ok' | 'down' = 'down';
  let told: 'ok' | 'down' | undefined;
  let leaving = false;
  let asking: NodeJS.Timeout | undefined;
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
  /** Until it is whole again. */
  const ask = async (cluster: Cluster): Promise<void> => {
    const info = await cluster.cluster('INFO').catch((error: Error) => error.message);
    const whole = info.includes('cluster_state:ok');
    say(whole ? 'ok' : 'down', whole ? '' : 'the cluster is not whole');
    asking = whole || leaving ? undefined : setTimeout(() => void ask(cluster), ASK_AGAIN_MS);
  };
  const doubt = (client: RedisClient): void => {
    if (client instanceof Cluster && !leaving) asking ??= setTimeout(() => void ask(client), 0);
  };
  return {
    state: () => state,
    leave() {
      leaving = true;
      clearTimeout(asking);
    },
    doubt,
    watch(client) {
      client.on('ready', () => say('ok', ''));
      client.on('error', (error: Error) => say('down', error.message));
      client.on('close', () => say('down', 'connection closed'));
      client.on('node error', () => doubt(client));
    },
  };
}

/** A master that became a replica, such as behind a name that moved on: the next connection finds the new one. */
const isReplica = (error: Error): boolean => error.message.startsWith('READONLY');

/** For producers: fails at once while Redis is away, and reconnects by itself. */
export const PRODUCER: RedisOptions = {
  maxRetriesPerRequest: 1,
  enableReadyCheck: true,
  retryStrategy: (times) => Math.min(100 * times, 1_000),
  reconnectOnError: isReplica,
  connectTimeout: 2_000,
};

/** For consumers: waits for as long as it takes. */
export const CONSUMER: RedisOptions = { ...PRODUCER, maxRetriesPerRequest: null };

/** @param url REDIS_URL, which was checked when it was read */
export function connectRedis(url: string, options: RedisOptions, link: RedisLink): RedisClient {
  const address = readRedisAddress(url);
  if (isBadAddress(address)) throw new Error(`the address of Redis: expected ${address.expected}`);
  const client = open(address, options);
  link.watch(client);
  return client;
}

function open(address: RedisAddress, options: RedisOptions): RedisClient {
  if (address.kind === 'server') return new Redis(address.url, options);
  const { hosts, username, password } = address;
  const tls = address.tls ? { tls: {} } : {};
  const each = { ...options, username, password, ...tls };
  if (address.kind === 'cluster') return openCluster(hosts, each);
  return new Redis({
    ...each,
    sentinels: hosts,
    name: address.master,
    db: address.db,
    sentinelPassword: address.sentinelPassword,
    // No `failoverDetector`: in ioredis 5.11 it ends a client for good when the Sentinels tell of a new master while the
    // client is connecting anew.
    ...(address.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  });
}

/** A cluster tells its nodes' addresses itself; certificates are for the names that it tells. */
function openCluster(
  hosts: RedisAddress['hosts'],
  { retryStrategy, lazyConnect, ...redisOptions }: RedisOptions,
): Cluster {
  return new Cluster(hosts, {
    redisOptions,
    clusterRetryStrategy: (times) => retryStrategy?.(times) ?? null,
    slotsRefreshTimeout: 2_000,
    ...(lazyConnect ? { lazyConnect } : {}),
    ...(redisOptions.tls ? { dnsLookup: (host, tell) => tell(null, host) } : {}),
  });
}
