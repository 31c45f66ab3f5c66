import { constitutional } from '../constitution/constitutional.js';
import type { EnginePorts } from '../create-engine.js';
import { UserError } from '../model/errors.js';
import type { Principal } from '../model/person.js';
import { NO_RETRY, type RetryPolicy } from '../model/retry-policy.js';
import type { Service } from '../model/service.js';
import { findService } from '../planner/candidates.js';
import { checkedPolicy, policyOf, type RecoveryPolicy } from '../recovery-policies/recovery-policy.js';
import { requireRole } from './authorise.js';

export type RecoveryPolicyPorts = Pick<EnginePorts, 'recoveryPolicies' | 'services' | 'constitution' | 'guard'>;

export async function recoveryPolicy(service: string, ports: RecoveryPolicyPorts): Promise<RecoveryPolicy> {
  const found = findService(service, ports.services());
  return policyOf(found, await ports.recoveryPolicies.get(found.name));
}

/**
 * Replaces the policy of a service; it counts for recoveries that are asked for from now on. `expected` is the version
 * that is replaced; absent: whichever there is. The same policy again changes nothing.
 */
export async function setRecoveryPolicy(
  service: string,
  given: Partial<RetryPolicy>,
  who: Principal,
  { expected }: { expected?: number },
  ports: RecoveryPolicyPorts,
): Promise<RecoveryPolicy> {
  requireRole(who, ['lead', 'admin'], 'set a recovery policy');
  const found = findService(service, ports.services());
  const { name } = found;
  const { hash, protectedServices } = ports.constitution;
  if (protectedServices.includes(name))
    throw constitutional(`the constitution protects ${name}: its policy is not set`, { service: name });
  await ports.guard.require('policy_change');
  const policy = checkedPolicy(given);
  const before = await ports.recoveryPolicies.get(name);
  const version = before?.version ?? 0;
  if (expected !== undefined && expected !== version) throw changedMeanwhile(name, version);
  if (before && same(before.policy, policy)) return policyOf(found, before);
  const set = await ports.recoveryPolicies.put(
    { service: name, policy, by: who.name, via: who.via, constitution: hash },
    version,
  );
  if (!set) throw changedMeanwhile(name);
  return policyOf(found, set);
}

/** For a recovery as a whole. Without a policy of its own a service is tried once. */
export async function retryFor(
  service: Service,
  { recoveryPolicies }: { recoveryPolicies: Pick<EnginePorts['recoveryPolicies'], 'get'> },
): Promise<RetryPolicy> {
  return (await recoveryPolicies.get(service.name))?.policy ?? service.retryPolicy ?? NO_RETRY;
}

function same(a: RetryPolicy, b: RetryPolicy): boolean {
  return (
    a.strategy === b.strategy &&
    a.maxRetryAttempts === b.maxRetryAttempts &&
    a.initialDelayMs === b.initialDelayMs &&
    a.backoffMultiplier === b.backoffMultiplier &&
    a.maxDelayMs === b.maxDelayMs
  );
}

function changedMeanwhile(service: string, version?: number): UserError {
  return new UserError(
    'precondition_failed',
    `Somebody else has set the policy of ${service} since you looked. Nothing was changed; look at it and set it again.`,
    { service, version },
  );
}
