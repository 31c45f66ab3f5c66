import type { ActionContext } from '../engine/actions/action.js';
import type { Pool } from './pool.js';
import { rows } from './query.js';

/** What the monitor wrote last of one service; a process that only works asks it, too. */
export function createMonitored(pool: Pool): ActionContext['monitored'] {
  return async (service) => {
    const [seen] = await rows<NonNullable<Awaited<ReturnType<ActionContext['monitored']>>>>(
      pool,
      'SELECT status, detail, since FROM service_health WHERE service = $1',
      [service],
    );
    return seen;
  };
}
