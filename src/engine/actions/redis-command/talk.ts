import type { Redis } from 'ioredis';
import { withRedis } from '../../health/redis-session.js';
import type { ActionContext } from '../action.js';
import { databaseUrl } from '../databases/address.js';

/** One conversation with the server of a URL or a service. */
export function talk<T>(
  target: string,
  ctx: Pick<ActionContext, 'service' | 'signal'>,
  say: (redis: Redis) => Promise<T>,
): Promise<T> {
  return withRedis(databaseUrl('redis', target, ctx), ctx.signal, say);
}
