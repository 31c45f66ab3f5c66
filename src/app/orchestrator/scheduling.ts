import { type Recovery, recoveryName } from '../../engine/model/recovery.js';
import type { RetryPolicy } from '../../engine/model/retry-policy.js';
import { requestDigest } from '../../engine/planner/digest.js';
import { start } from '../../engine/use-cases/recover.js';
import { PROGRAM } from '../program.js';
import { type AttemptPlan, attemptPlan } from './attempt-plan.js';
import { RecoveryOrchestratorError } from './errors.js';
import type { Parts } from './parts.js';

/** Told apart from recoveries of other surfaces in the same database. */
export const PLATFORM = 'library';

export interface Scheduling extends AttemptPlan {
  service: string;
  retry: RetryPolicy;
  priority: number;
}

/**
 * Stores the recovery, and wakes the workers. The same request again while it runs gives that one; another one throws
 * `RecoveryOrchestratorError` that names it (D9).
 */
export async function schedule(asked: Scheduling, { store, dispatcher }: Parts): Promise<Recovery> {
  const { service: name, retry, priority, attemptTimeoutMs } = asked;
  const digest = requestDigest({ service: name, params: { strategy: retry.strategy } });
  const service = {
    name,
    runtime: 'process' as const,
    health: [],
    recoveryStrategies: [],
    maxRecoveryAttempts: retry.maxRetryAttempts,
    retryPolicy: retry,
    criticality: 'medium' as const,
    priority,
    dependsOn: [],
  };
  const { started, other } = await start(
    {
      request: { service: name, priority },
      plan: attemptPlan(name, asked),
      service,
      who: PROGRAM,
      origin: { platform: PLATFORM },
      requestDigest: digest,
      incidentId: null,
      retryOf: null,
    },
    {
      store,
      dispatcher,
      services: () => [service],
      policy: { expiresMs: 0 },
      // The policy was chosen already.
      recoveryPolicies: { get: async () => undefined },
      // Each attempt has its own limit, so that the whole is never cut off before the last one.
      recoveryTimeoutMs: (attemptTimeoutMs + 1_000) * retry.maxRetryAttempts,
    },
  );
  if (started) return started.snapshot.recovery;
  if (other.requestDigest === digest) return other;
  throw new RecoveryOrchestratorError(
    `${name} is being recovered by ${recoveryName(other.id)} (${other.retry.strategy}, ${other.state}). Wait for it, or cancel it first: cancelRecovery('${name}').`,
    { recovery: recoveryName(other.id), state: other.state },
  );
}
