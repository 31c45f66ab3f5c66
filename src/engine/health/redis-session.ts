import type { Redis } from 'ioredis';

/**
 * One short conversation with a Redis server: connects, hands over the client, disconnects. Nothing is retried or
 * queued, so a server that is down is an error at once.
 */
export async function withRedis<T>(url: string, signal: AbortSignal, talk: (redis: Redis) => Promise<T>): Promise<T> {
  const { Redis } = await import('ioredis');
  signal.throwIfAborted();
  const redis = new Redis(url, {
    lazyConnect: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectionName: 'reviver',
    // It waits so long for a goodbye, and keeps the process alive meanwhile.
    disconnectTimeout: 100,
  });
  // The client rejects with "Connection is closed"; why is told only by this event.
  let cause: Error | undefined;
  redis.on('error', (error: Error) => {
    cause ??= error;
  });
  const abort = () => redis.disconnect();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await redis.connect();
    return await talk(redis);
  } catch (error) {
    signal.throwIfAborted();
    throw cause ?? error;
  } finally {
    signal.removeEventListener('abort', abort);
    redis.disconnect();
  }
}
