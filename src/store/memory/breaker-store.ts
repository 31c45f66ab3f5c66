import type { StoredBreaker } from '../../engine/breakers/breaker.js';
import type { BreakerStore } from '../../engine/ports.js';

/** Circuit breakers in the memory of one process. Whether a recovery has helped, whoever recovers says: see `tryNow`. */
export function createMemoryBreakerStore(now: () => Date = () => new Date()): BreakerStore {
  const breakers = new Map<string, StoredBreaker>();
  return {
    async read(service) {
      const all = service === undefined ? [...breakers.values()] : [breakers.get(service) ?? []].flat();
      return { now: now(), breakers: all };
    },

    async save(service, revision, breaker) {
      if ((breakers.get(service)?.revision ?? 0) !== revision) return false;
      breakers.set(service, { service, revision: revision + 1, breaker, recovered: false });
      return true;
    },
  };
}
