import type { Engine, RecoveryView } from '../engine/engine.js';
import type { RecoveryState } from '../engine/model/recovery.js';
import type { StoredEvent } from '../engine/ports.js';

/** States in which nothing but a worker is waited for. */
const WAITS_FOR_WORKER: ReadonlySet<RecoveryState> = new Set(['SCHEDULED', 'IN_PROGRESS', 'ROLLING_BACK']);

/**
 * The pool of a recovery's next step, while it has no live worker and people were told so. A worker that is just being
 * replaced is nobody's business: only what stands in the log is looked at.
 */
export async function deadPool(
  { recovery: { state, pool } }: RecoveryView,
  events: readonly StoredEvent[],
  engine: Pick<Engine, 'status'>,
): Promise<string | undefined> {
  const told = events.some(({ kind, data }) => kind === 'recovery.no_worker' && data.pool === pool);
  if (!told || !WAITS_FOR_WORKER.has(state)) return undefined;
  const { workers, postgres } = await engine.status();
  const alive = postgres === 'down' || workers.some((worker) => worker.pools.includes(pool));
  return alive ? undefined : pool;
}
