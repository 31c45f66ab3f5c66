import { createLedger } from '../../src/store/memory/ledger.js';
import { createMemoryRecoveryStore } from '../../src/store/memory/recovery-store.js';
import { createMemoryWorkerRegistry } from '../../src/store/memory/worker-registry.js';
import type { StoreGround } from './contracts/recovery-store.js';

/** An empty store in memory, with two slots. */
export function aMemoryStore(keepEnded = 100): StoreGround {
  const lease = { leaseMs: 8_000 };
  const keys: string[] = [];
  const ledger = createLedger({ slots: 2, keepEnded, effect: ({ key }) => void keys.push(key) });
  return {
    store: createMemoryRecoveryStore(ledger, lease),
    registry: createMemoryWorkerRegistry(ledger, lease),
    slotsTaken: async () => ledger.slots.size,
    claims: async () => [...ledger.claims.keys()],
    sent: async (prefix) => keys.filter((key) => key.startsWith(prefix)).length,
  };
}
