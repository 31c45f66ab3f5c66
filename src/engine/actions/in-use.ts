import { z } from 'zod';
import { withRedis } from '../health/redis-session.js';
import { within } from '../health/within.js';
import { count } from '../health/words.js';
import type { HealthCheck } from '../model/service.js';
import type { ActionContext } from './action.js';
import { countKeys, parseInfo } from './redis-data/save-dump.js';
import { withPostgres } from './sql/session.js';

const LOOK_MS = 2_000;

type Look = (url: string, signal: AbortSignal) => Promise<string>;

/** What is in a server and who uses it, by the health check that knows how to ask it. */
const LOOKS: Partial<Record<HealthCheck['type'], Look>> = {
  redis: (url, signal) =>
    withRedis(url, signal, async (redis) => {
      const clients = Number(parseInfo(await redis.info('clients')).get('connected_clients') ?? 1) - 1;
      return `${count(countKeys(await redis.info('keyspace')), 'key')}, ${count(clients, 'client')} connected`;
    }),
  postgres: (url, signal) =>
    withPostgres(url, { name: 'reviver look', signal }, async (session) => {
      const { rows } = await session.query(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      );
      return `${count(z.object({ n: z.number() }).parse(rows[0]).n, 'connection')}`;
    }),
};

/** `; in it: 1,204 keys, 3 clients connected`, for a preview; nothing where nobody can tell. Read-only. */
export async function inUse(service: string, { service: find, signal }: Pick<ActionContext, 'service' | 'signal'>) {
  for (const { type, url } of find(service).health) {
    const look = LOOKS[type];
    if (!look || url === undefined) continue;
    const seen = await within(LOOK_MS, signal, (limited) => look(url, limited)).catch(() => undefined);
    signal.throwIfAborted();
    return seen === undefined ? '; what is in it does not answer' : `; in it: ${seen}`;
  }
  return '';
}
