import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { UserError } from '../../engine/model/errors.js';
import { transaction } from '../query.js';

/** A write that comes while we wait for a lock waits behind us: for no longer than this. */
const LOCK_WAIT_MS = 40;
/** As long as others hold the table, such as a dump. */
const PATIENCE_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

const LOCK_NOT_AVAILABLE = '55P03';

export interface Patience {
  signal: AbortSignal;
  patienceMs?: number;
}

/**
 * One short transaction that needs locks. Where a lock cannot be had at once it lets go, so that nobody queues behind
 * it, and tries again later. Throws `unavailable` when patience is over; nothing is changed then.
 */
export async function patiently<Result>(
  pool: Pool,
  what: string,
  { signal, patienceMs = PATIENCE_MS }: Patience,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const began = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
    signal.throwIfAborted();
    try {
      return await transaction(pool, async (client) => {
        await client.query(`SET LOCAL lock_timeout = ${LOCK_WAIT_MS}; SET LOCAL TimeZone = 'UTC'`);
        return work(client);
      });
    } catch (error) {
      if (!isLocked(error)) throw error;
      if (performance.now() - began > patienceMs) throw heldByOthers(what, patienceMs);
    }
    await delay(pauseMs * (0.75 + Math.random() / 2), undefined, { signal });
  }
}

function isLocked(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === LOCK_NOT_AVAILABLE;
}

function heldByOthers(what: string, patienceMs: number): UserError {
  return new UserError(
    'unavailable',
    `${what}: others have held the table for ${Math.round(patienceMs / 1_000)} s, such as a dump or a long query. ` +
      'Nothing was changed; it is tried again at the next run. pg_stat_activity shows who holds it.',
  );
}
