import { createMemoryPolicies } from '../../engine/recovery-policies/memory-policies.js';
import { createLedger } from '../../store/memory/ledger.js';
import { createMemoryRecoveryStore } from '../../store/memory/recovery-store.js';
import { createMemoryWorkerRegistry } from '../../store/memory/worker-registry.js';
import { createDatabaseClock } from '../database-clock.js';
import { createLocalDispatcher } from './local-dispatcher.js';
import type { Parts, PartsOptions } from './parts.js';

/** Everything in this process: nothing else is needed, and nothing outlives it. */
export function openMemoryParts(options: PartsOptions & { keepEnded: number }): Parts {
  const { slots, keepEnded, leaseMs, log } = options;
  const ledger = createLedger({
    slots,
    keepEnded,
    effect: ({ kind, payload }) => log('warn', `people are needed: ${kind}`, payload),
  });
  const local = createLocalDispatcher();
  return {
    ...local,
    store: createMemoryRecoveryStore(ledger, { leaseMs }),
    registry: createMemoryWorkerRegistry(ledger, { leaseMs }),
    policies: createMemoryPolicies(),
    clock: createDatabaseClock(),
    isAlive: async () => true,
    close: async () => local.close(),
  };
}
