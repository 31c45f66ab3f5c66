import type { Log } from '../../engine/ports.js';
import { WORKER_DEFAULTS } from '../../engine/recovery/worker.js';
import { telling } from './attempt-log.js';
import { openMemoryParts } from './memory-parts.js';
import type { RecoveryOrchestratorOptions } from './options.js';
import type { Parts } from './parts.js';

/** In memory, unless a database is named; the drivers of one are loaded only then. */
export async function openParts(
  {
    maxConcurrentRecoveries: slots = 3,
    historyLimit: keepEnded = 1_000,
    databaseUrl,
    redisUrl,
  }: RecoveryOrchestratorOptions,
  pool: string,
  log: Log,
  signal: AbortSignal,
): Promise<Parts> {
  const { leaseMs } = WORKER_DEFAULTS;
  const options = { slots, leaseMs, pool, log };
  const parts =
    databaseUrl === undefined
      ? openMemoryParts({ ...options, keepEnded })
      : await (await import('./shared-parts.js')).openSharedParts({
          ...options,
          databaseUrl,
          signal,
          ...(redisUrl === undefined ? {} : { redisUrl }),
        });
  return { ...parts, store: telling(parts.store, log) };
}
