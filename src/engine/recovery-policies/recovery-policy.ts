import { InvalidInput } from '../model/errors.js';
import { type RetryPolicy, retryPolicy } from '../model/retry-policy.js';
import type { Service } from '../model/service.js';

/** How a service's recoveries are retried, and who said so. */
export interface RecoveryPolicy {
  service: string;
  policy: RetryPolicy;
  /** `set` over HTTP or by a program; else what the configuration has, or the document's defaults. */
  source: 'set' | 'configuration' | 'default';
  /** How often it was set; 0: never. */
  version: number;
  by?: string;
  at?: Date;
}

export interface SetPolicy {
  service: string;
  policy: RetryPolicy;
  version: number;
  by: string;
  at: Date;
}

/** Policies that were set. Implementations: Postgres, memory. */
export interface RecoveryPolicyStore {
  get(service: string): Promise<SetPolicy | undefined>;
  all(): Promise<SetPolicy[]>;
  /**
   * Sets it, and records who did. Undefined: by now it has another version than `expected` (0: it was never set), so
   * that nothing was changed.
   */
  put(
    policy: Pick<SetPolicy, 'service' | 'policy' | 'by'> & { via: string; constitution: string },
    expected: number,
  ): Promise<SetPolicy | undefined>;
}

/** What holds now: what was set, else the configuration's. */
export function policyOf(service: Service, set: SetPolicy | undefined): RecoveryPolicy {
  if (set) return { ...set, source: 'set' };
  const { name, retryPolicy: configured } = service;
  const source = configured ? 'configuration' : 'default';
  return { service: name, policy: configured ?? retryPolicy(), source, version: 0 };
}

const DAY_MS = 86_400_000;

/**
 * Fills in the defaults of the Recovery Orchestrator document and holds its constraints; above them, what no clock and
 * no database can hold is refused. Throws `invalid_input` that names the field.
 */
export function checkedPolicy(given: Partial<RetryPolicy>): RetryPolicy {
  const policy = retryPolicy(given);
  if (policy.maxRetryAttempts > 1_000)
    throw new InvalidInput('max_retry_attempts', policy.maxRetryAttempts, 'a whole number from 1 to 1000');
  if (policy.backoffMultiplier > 1_000)
    throw new InvalidInput('backoff_multiplier', policy.backoffMultiplier, 'a number from 1.0 to 1000');
  if (policy.maxDelayMs > DAY_MS)
    throw new InvalidInput('max_delay_ms', policy.maxDelayMs, `at most ${DAY_MS}, which is a day`);
  return policy;
}
