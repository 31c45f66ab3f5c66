import type { RecoveryPolicyStore, SetPolicy } from './recovery-policy.js';

/** For an engine without a database, and for tests: gone with the process. */
export function createMemoryPolicies(now: () => Date = () => new Date()): RecoveryPolicyStore {
  const policies = new Map<string, SetPolicy>();
  return {
    get: async (service) => policies.get(service),
    all: async () => [...policies.values()],
    async put({ service, policy, by }, expected) {
      const version = policies.get(service)?.version ?? 0;
      if (version !== expected) return undefined;
      const set = { service, policy, by, version: version + 1, at: now() };
      policies.set(service, set);
      return set;
    },
  };
}
