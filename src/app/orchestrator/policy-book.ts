import type { RetryStrategy } from '../../engine/model/retry-policy.js';
import { RecoveryOrchestratorError } from './errors.js';
import type { Parts } from './parts.js';
import { type HealthCheckFn, RecoveryPolicy, toRetryPolicy } from './recovery-policy.js';

/** Which policy holds for a service: the numbers are stored, the functions are this process's. */
export interface PolicyBook {
  of(service: string): Promise<{ policy: RecoveryPolicy; strategy: RetryStrategy }>;
  set(service: string, policy: RecoveryPolicy, constitution: string): Promise<void>;
  /** What is scheduled has a policy of its own, or none. */
  scheduled(service: string, policy: RecoveryPolicy | undefined): void;
  checkOf(service: string): HealthCheckFn | undefined;
}

export function createPolicyBook(byDefault: RecoveryPolicy, parts: () => Promise<Pick<Parts, 'policies'>>): PolicyBook {
  const setHere = new Map<string, RecoveryPolicy>();
  const ofRecovery = new Map<string, RecoveryPolicy>();
  return {
    async of(service) {
      const stored = await (await parts()).policies.get(service);
      if (!stored) return { policy: byDefault, strategy: 'exponential_backoff' };
      const { strategy, ...numbers } = stored.policy;
      const healthCheckFn = setHere.get(service)?.healthCheckFn;
      const policy = new RecoveryPolicy({ ...numbers, ...(healthCheckFn ? { healthCheckFn } : {}) });
      return { policy, strategy };
    },

    async set(service, policy, constitution) {
      const { policies } = await parts();
      const version = (await policies.get(service))?.version ?? 0;
      const by = 'library';
      const numbers = toRetryPolicy(policy, 'exponential_backoff');
      const put = await policies.put({ service, policy: numbers, by, via: by, constitution }, version);
      if (!put)
        throw new RecoveryOrchestratorError(
          `Somebody else has set the policy of ${service} in this moment. Nothing was changed; look at it and set it again.`,
        );
      setHere.set(service, policy);
    },

    scheduled(service, policy) {
      if (policy) ofRecovery.set(service, policy);
      else ofRecovery.delete(service);
    },

    checkOf: (service) => (ofRecovery.get(service) ?? setHere.get(service) ?? byDefault).healthCheckFn,
  };
}
