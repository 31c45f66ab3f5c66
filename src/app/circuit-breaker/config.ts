import { z } from 'zod';
import type { BreakerSettings } from '../../engine/model/service.js';
import { RecoveryValidationError } from '../orchestrator/errors.js';
import { camelKeys } from '../orchestrator/snake-case.js';

/** By the names of this language or of the document. Durations are seconds, as there. */
export interface CircuitBreakerConfigOptions {
  failureThreshold?: number;
  failureRateThreshold?: number;
  timeoutDuration?: number;
  maxTimeoutDuration?: number;
  requestTimeout?: number;
  maxConcurrentCalls?: number;
  failure_threshold?: number;
  failure_rate_threshold?: number;
  timeout_duration?: number;
  max_timeout_duration?: number;
  request_timeout?: number;
  max_concurrent_calls?: number;
}

const atLeastOne = z.int('expected a whole number of at least 1').min(1, 'expected a whole number of at least 1');
const seconds = z.number().positive('expected seconds, more than 0');
const config = z.strictObject({
  failureThreshold: atLeastOne.default(5),
  failureRateThreshold: z.number().min(0, 'expected 0 to 1').max(1, 'expected 0 to 1').default(0.5),
  timeoutDuration: seconds.default(60),
  maxTimeoutDuration: seconds.default(600),
  requestTimeout: seconds.default(30),
  maxConcurrentCalls: atLeastOne.default(100),
});

/** Settings of a circuit breaker; defaults are the document's. Throws `RecoveryValidationError` that names the field. */
export class CircuitBreakerConfig {
  /** Failures in a row that open it. */
  readonly failureThreshold: number;
  /** Share of failed calls over the last minute that opens it. */
  readonly failureRateThreshold: number;
  /** Seconds that it stays open before one call is let through; doubled each time that this call fails. */
  readonly timeoutDuration: number;
  /** Seconds: it never stays open for longer by itself. */
  readonly maxTimeoutDuration: number;
  /** Seconds that a call may take. */
  readonly requestTimeout: number;
  readonly maxConcurrentCalls: number;

  constructor(options: CircuitBreakerConfigOptions = {}) {
    const read = config.safeParse(camelKeys(options));
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new RecoveryValidationError(`${issue?.path.join('.') || 'config'}: ${issue?.message ?? 'not allowed'}.`);
    }
    this.failureThreshold = read.data.failureThreshold;
    this.failureRateThreshold = read.data.failureRateThreshold;
    this.timeoutDuration = read.data.timeoutDuration;
    this.maxTimeoutDuration = Math.max(read.data.timeoutDuration, read.data.maxTimeoutDuration);
    this.requestTimeout = read.data.requestTimeout;
    this.maxConcurrentCalls = read.data.maxConcurrentCalls;
  }
}

export function toBreakerSettings(from: CircuitBreakerConfig): BreakerSettings {
  return {
    enabled: true,
    failureThreshold: from.failureThreshold,
    failureRateThreshold: from.failureRateThreshold,
    openMs: from.timeoutDuration * 1_000,
    maxOpenMs: from.maxTimeoutDuration * 1_000,
    requestTimeoutMs: from.requestTimeout * 1_000,
    maxConcurrentCalls: from.maxConcurrentCalls,
  };
}
