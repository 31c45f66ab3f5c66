import { withoutRules } from '../../src/engine/constitution/constitution.js';
import type { Engine } from '../../src/engine/engine.js';
import type { Service } from '../../src/engine/model/service.js';
import { createMemoryPolicies } from '../../src/engine/recovery-policies/memory-policies.js';
import { recoveryPolicy, setRecoveryPolicy } from '../../src/engine/use-cases/recovery-policies.js';

/** Policies of an engine in memory. */
export function policiesInMemory(services: () => Service[]): Pick<Engine, 'recoveryPolicy' | 'setRecoveryPolicy'> {
  const ports = {
    recoveryPolicies: createMemoryPolicies(),
    services,
    constitution: withoutRules('cdd01ef066bc6cf2'),
    guard: { broken: async () => undefined, retired: async () => undefined, require: async () => {} },
  };
  return {
    recoveryPolicy: (service) => recoveryPolicy(service, ports),
    setRecoveryPolicy: (service, policy, who, how = {}) => setRecoveryPolicy(service, policy, who, how, ports),
  };
}
