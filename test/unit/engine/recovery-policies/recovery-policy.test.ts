import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RETRY_POLICY, retryPolicy } from '../../../../src/engine/model/retry-policy.js';
import { checkedPolicy, policyOf } from '../../../../src/engine/recovery-policies/recovery-policy.js';
import { aService } from '../../../support/builders.js';

describe('what holds for a service', () => {
  test('is what was set, before the configuration, before the defaults of the document', () => {
    const configured = retryPolicy({ strategy: 'immediate' });
    const set = {
      service: 'redis',
      policy: retryPolicy({ strategy: 'manual' }),
      version: 2,
      by: 'Lee',
      at: new Date(),
    };
    expect(policyOf(aService('redis', { retryPolicy: configured }), set)).toMatchObject({ source: 'set', version: 2 });
    expect(policyOf(aService('redis', { retryPolicy: configured }), undefined)).toEqual({
      service: 'redis',
      policy: configured,
      source: 'configuration',
      version: 0,
    });
    expect(policyOf(aService('redis'), undefined)).toMatchObject({ policy: DEFAULT_RETRY_POLICY, source: 'default' });
  });
});

describe('the constraints of the document', () => {
  test.each([
    ['max_retry_attempts', { maxRetryAttempts: 0 }],
    ['max_retry_attempts', { maxRetryAttempts: 1.5 }],
    ['max_retry_attempts', { maxRetryAttempts: 1_001 }],
    ['backoff_multiplier', { backoffMultiplier: 0.99 }],
    ['backoff_multiplier', { backoffMultiplier: Number.NaN }],
    ['initial_delay_ms', { initialDelayMs: -1 }],
    ['max_delay_ms', { initialDelayMs: 500, maxDelayMs: 499 }],
    ['max_delay_ms', { maxDelayMs: 86_400_001 }],
  ])('hold for %s: %j', (field, given) => {
    expect(() => checkedPolicy(given)).toThrow(field);
  });

  test('let through what lies at their bounds', () => {
    const given = { maxRetryAttempts: 1, backoffMultiplier: 1, initialDelayMs: 0, maxDelayMs: 0 };
    expect(checkedPolicy(given)).toEqual({ strategy: 'exponential_backoff', ...given });
  });
});
