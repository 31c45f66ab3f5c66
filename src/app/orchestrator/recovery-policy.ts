import { z } from 'zod';
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../../engine/model/retry-policy.js';
import { checkedPolicy } from '../../engine/recovery-policies/recovery-policy.js';
import { RecoveryValidationError, validated } from './errors.js';
import { camelKeys } from './snake-case.js';

/** Says whether the service is well. What it throws counts as no. */
export type HealthCheckFn = (signal: AbortSignal) => boolean | PromiseLike<boolean>;

/** By the names of this language or of the document: `maxRetryAttempts` or `max_retry_attempts`. */
export interface RecoveryPolicyOptions {
  maxRetryAttempts?: number;
  backoffMultiplier?: number;
  initialDelayMs?: number;
  maxDelayMs?: number;
  healthCheckFn?: HealthCheckFn;
  max_retry_attempts?: number;
  backoff_multiplier?: number;
  initial_delay_ms?: number;
  max_delay_ms?: number;
  health_check_fn?: HealthCheckFn;
}

const given = z.strictObject({
  maxRetryAttempts: z.number().optional(),
  backoffMultiplier: z.number().optional(),
  initialDelayMs: z.number().optional(),
  maxDelayMs: z.number().optional(),
  healthCheckFn: z.custom<HealthCheckFn>((value) => typeof value === 'function', 'expected a function').optional(),
});

/**
 * How a service's recovery is retried, and how it is known that it helped; defaults and constraints are the document's.
 * Throws `RecoveryValidationError` that names the field.
 */
export class RecoveryPolicy {
  readonly maxRetryAttempts: number;
  readonly backoffMultiplier: number;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  readonly healthCheckFn: HealthCheckFn | undefined;

  constructor(options: RecoveryPolicyOptions = {}) {
    const read = given.safeParse(camelKeys(options));
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new RecoveryValidationError(`${issue?.path.join('.') || 'policy'}: ${issue?.message ?? 'not allowed'}.`);
    }
    const { healthCheckFn, ...retry } = read.data;
    const policy = validated(() => checkedPolicy({ ...DEFAULT_RETRY_POLICY, ...defined(retry) }));
    this.maxRetryAttempts = policy.maxRetryAttempts;
    this.backoffMultiplier = policy.backoffMultiplier;
    this.initialDelayMs = policy.initialDelayMs;
    this.maxDelayMs = policy.maxDelayMs;
    this.healthCheckFn = healthCheckFn;
  }
}

export function toRetryPolicy(policy: RecoveryPolicy, strategy: RetryPolicy['strategy']): RetryPolicy {
  const { maxRetryAttempts, backoffMultiplier, initialDelayMs, maxDelayMs } = policy;
  return { strategy, maxRetryAttempts, backoffMultiplier, initialDelayMs, maxDelayMs };
}

function defined(values: Partial<RetryPolicy>): Partial<RetryPolicy> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
