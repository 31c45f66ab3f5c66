import type { Pool, PoolClient } from 'pg';
import type { Log } from '../engine/ports.js';
import { explained, isUnavailable } from './query.js';

/** Whether Postgres answers, told once a change: the log must stay readable over a long outage. */
export interface StoreLink {
  watch(pool: Pool): void;
}

export function createStoreLink(log: Log): StoreLink {
  let state: 'ok' | 'down' = 'ok';
  /** Taken while it was down: what they answer is of later than that. */
  let takenSince = new WeakSet<PoolClient>();
  const down = (error: unknown): void => {
    const away = explained(error);
    if (state === 'down' || !isUnavailable(away)) return;
    state = 'down';
    takenSince = new WeakSet();
    log('warn', 'init_db_safe: Postgres does not answer; waiting for it', {
      part: 'postgres',
      error: away instanceof Error ? away.message : '',
    });
  };
  const up = (): void => {
    if (state === 'ok') return;
    state = 'ok';
    log('info', 'init_db_safe: Postgres is back', { part: 'postgres' });
  };
  return {
    watch(pool) {
      pool.on('error', down);
      pool.on('connect', up);
      pool.on('acquire', (client) => {
        if (state === 'down') takenSince.add(client);
      });
      // A server that was frozen answers on the connections that it had: none is made for a while.
      pool.on('release', (error: unknown, client) => {
        if (error) down(error);
        else if (takenSince.has(client)) up();
      });
    },
  };
}
