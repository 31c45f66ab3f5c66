import { isTerminal } from '../../engine/model/recovery.js';
import type { WorkerRegistry } from '../../engine/ports.js';
import type { Ledger } from './ledger.js';

/** The workers of one process, and their leases. */
export function createMemoryWorkerRegistry(ledger: Ledger, { leaseMs }: { leaseMs: number }): WorkerRegistry {
  const { workers, recoveries, active } = ledger;
  const owned = (id: string) =>
    [...active.values()].flatMap((recovery) => {
      const found = recoveries.get(recovery)?.recovery;
      return found?.owner === id ? found : [];
    });
  return {
    async join(identity) {
      workers.set(identity.id, { identity, beatAt: ledger.now() });
    },

    async beat(id) {
      const known = workers.get(id);
      if (known) workers.set(id, { ...known, beatAt: ledger.now() });
      const cancel = owned(id).flatMap(({ id: recovery, cancelBy, state }) =>
        cancelBy && state !== 'ROLLING_BACK' && !isTerminal(state) ? { id: recovery, by: cancelBy } : [],
      );
      return { cancel, now: ledger.now() };
    },

    onHost: async (host) => [...workers.values()].flatMap(({ identity }) => (identity.host === host ? identity : [])),

    async leave(id) {
      workers.delete(id);
    },

    async list() {
      const since = ledger.now().getTime() - leaseMs;
      return [...workers.values()]
        .filter(({ beatAt }) => beatAt.getTime() > since)
        .map(({ identity, beatAt }) => ({ ...identity, beatAt, running: owned(identity.id).length }));
    },
  };
}
