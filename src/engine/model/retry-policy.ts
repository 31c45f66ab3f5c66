import { InvalidInput } from './errors.js';

export const RETRY_STRATEGIES = ['exponential_backoff', 'linear_backoff', 'immediate', 'manual'] as const;
export type RetryStrategy = (typeof RETRY_STRATEGIES)[number];

/** How failures are retried; names, defaults and constraints of the Recovery Orchestrator document. */
export interface RetryPolicy {
  strategy: RetryStrategy;
  maxRetryAttempts: number;
  initialDelayMs: number;
  backoffMultiplier: number;
  maxDelayMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  strategy: 'exponential_backoff',
  maxRetryAttempts: 5,
  initialDelayMs: 1_000,
  backoffMultiplier: 2,
  maxDelayMs: 60_000,
};

/** One attempt, no retry: what a step has when its runbook says nothing. */
export const NO_RETRY: RetryPolicy = { ...DEFAULT_RETRY_POLICY, strategy: 'immediate', maxRetryAttempts: 1 };

/** Fills in the defaults and refuses what the document's constraints forbid; `where` says whose policy it is. */
export function retryPolicy(given: Partial<RetryPolicy> = {}, where?: string): RetryPolicy {
  const field = (name: string) => (where ? `${where}.${name}` : name);
  const policy = { ...DEFAULT_RETRY_POLICY, ...given };
  if (!RETRY_STRATEGIES.includes(policy.strategy))
    throw new InvalidInput(field('strategy'), policy.strategy, `one of ${RETRY_STRATEGIES.join(', ')}`);
  if (!Number.isInteger(policy.maxRetryAttempts) || policy.maxRetryAttempts < 1)
    throw new InvalidInput(field('max_retry_attempts'), policy.maxRetryAttempts, 'a whole number of at least 1');
  if (!(Number.isFinite(policy.backoffMultiplier) && policy.backoffMultiplier >= 1))
    throw new InvalidInput(field('backoff_multiplier'), policy.backoffMultiplier, 'a number of at least 1.0');
  if (!(Number.isFinite(policy.initialDelayMs) && policy.initialDelayMs >= 0))
    throw new InvalidInput(field('initial_delay_ms'), policy.initialDelayMs, 'a number of at least 0');
  // A policy is stored as JSON, which knows no infinity.
  if (!(Number.isFinite(policy.maxDelayMs) && policy.maxDelayMs >= policy.initialDelayMs))
    throw new InvalidInput(
      field('max_delay_ms'),
      policy.maxDelayMs,
      `at least initial_delay_ms (${policy.initialDelayMs})`,
    );
  return policy;
}

type Delay = (policy: RetryPolicy, attempt: number) => number;

const DELAYS: Record<RetryStrategy, Delay> = {
  exponential_backoff: (p, attempt) =>
    // The factor overflows to infinity after some hundred attempts, and 0 times infinity is no number.
    p.initialDelayMs === 0 ? 0 : Math.min(p.initialDelayMs * p.backoffMultiplier ** (attempt - 1), p.maxDelayMs),
  linear_backoff: (p, attempt) => Math.min(p.initialDelayMs * attempt, p.maxDelayMs),
  immediate: () => 0,
  manual: () => 0,
};

/** Milliseconds to wait after failed attempt number `attempt` (1 is the first) before the next one. */
export function retryDelayMs(policy: RetryPolicy, attempt: number): number {
  return DELAYS[policy.strategy](policy, attempt);
}

/** What follows the failure of attempt number `attempt`. */
export function afterFailure(
  policy: RetryPolicy,
  attempt: number,
): { next: 'retry'; delayMs: number } | { next: 'manual' | 'give_up' } {
  if (policy.strategy === 'manual') return { next: 'manual' };
  if (attempt >= policy.maxRetryAttempts) return { next: 'give_up' };
  return { next: 'retry', delayMs: retryDelayMs(policy, attempt) };
}
