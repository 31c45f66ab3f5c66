import { describe, expect, test } from '@jest/globals';
import { RecoveryPolicy, RecoveryValidationError } from '../../../../src/index.js';

describe('RecoveryPolicy', () => {
  test('has the defaults of the document', () => {
    expect(new RecoveryPolicy()).toMatchObject({
      maxRetryAttempts: 5,
      backoffMultiplier: 2,
      initialDelayMs: 1_000,
      maxDelayMs: 60_000,
      healthCheckFn: undefined,
    });
  });

  test('takes the names of the document, too', () => {
    const health_check_fn = () => true;
    const policy = new RecoveryPolicy({
      max_retry_attempts: 10,
      backoff_multiplier: 1.5,
      initial_delay_ms: 500,
      max_delay_ms: 30_000,
      health_check_fn,
    });
    const healthCheckFn = health_check_fn;
    expect(policy).toEqual(
      new RecoveryPolicy({
        maxRetryAttempts: 10,
        backoffMultiplier: 1.5,
        initialDelayMs: 500,
        maxDelayMs: 30_000,
        healthCheckFn,
      }),
    );
  });

  test.each<[object, RegExp]>([
    [{ maxRetryAttempts: 0 }, /max_retry_attempts: 0 .* at least 1/],
    [{ backoffMultiplier: 0.5 }, /backoff_multiplier: 0.5 .* at least 1/],
    [{ initialDelayMs: -1 }, /initial_delay_ms: -1 .* at least 0/],
    [{ initialDelayMs: 2_000, maxDelayMs: 1_999 }, /max_delay_ms: 1999 .* at least initial_delay_ms \(2000\)/],
    [{ maxAttempts: 3 }, /maxAttempts/],
  ])('refuses %j', (options, message) => {
    expect(() => new RecoveryPolicy({ ...options })).toThrow(message);
    expect(() => new RecoveryPolicy({ ...options })).toThrow(RecoveryValidationError);
  });
});
