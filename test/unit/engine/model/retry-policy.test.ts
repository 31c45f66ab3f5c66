import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInput } from '../../../../src/engine/model/errors.js';
import {
  afterFailure,
  DEFAULT_RETRY_POLICY,
  NO_RETRY,
  RETRY_STRATEGIES,
  type RetryPolicy,
  type RetryStrategy,
  retryDelayMs,
  retryPolicy,
} from '../../../../src/engine/model/retry-policy.js';

const delays = (policy: RetryPolicy, attempts: number) =>
  Array.from({ length: attempts }, (_, index) => retryDelayMs(policy, index + 1));

const legal = fc
  .record({
    strategy: fc.constantFrom(...RETRY_STRATEGIES),
    maxRetryAttempts: fc.integer({ min: 1, max: 3_000 }),
    backoffMultiplier: fc.double({ min: 1, max: 100, noNaN: true }),
    initialDelayMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })),
    above: fc.double({ min: 0, max: 1e7, noNaN: true }),
  })
  .map(({ above, ...policy }): RetryPolicy => ({ ...policy, maxDelayMs: policy.initialDelayMs + above }));

const attempt = fc.integer({ min: 1, max: 3_000 });

describe("the Recovery Orchestrator document's timelines", () => {
  test('exponential backoff: 1, 2, 4, 8, 16 seconds', () => {
    expect(delays(retryPolicy(), 5)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  });

  test('exponential backoff stops growing at max_delay', () => {
    expect(delays(retryPolicy({ maxDelayMs: 10_000 }), 5)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000]);
  });

  test('linear backoff: 1, 2, 3, 4, 5 seconds', () => {
    expect(delays(retryPolicy({ strategy: 'linear_backoff' }), 5)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
  });

  test('the custom policy of the quick start: 500, 750, 1125 ms', () => {
    expect(delays(retryPolicy({ backoffMultiplier: 1.5, initialDelayMs: 500, maxDelayMs: 30_000 }), 3)).toEqual([
      500, 750, 1_125,
    ]);
  });

  test('the defaults are the ones of the document', () => {
    expect(retryPolicy()).toEqual({
      strategy: 'exponential_backoff',
      maxRetryAttempts: 5,
      initialDelayMs: 1_000,
      backoffMultiplier: 2,
      maxDelayMs: 60_000,
    });
  });
});

describe('for every policy that is allowed', () => {
  test('a delay is a number from 0 to max_delay', () => {
    fc.assert(
      fc.property(legal, attempt, (policy, n) => {
        const delay = retryDelayMs(retryPolicy(policy), n);
        return Number.isFinite(delay) && delay >= 0 && delay <= policy.maxDelayMs;
      }),
    );
  });

  test('delays never shrink from one attempt to the next', () => {
    fc.assert(fc.property(legal, attempt, (policy, n) => retryDelayMs(policy, n) <= retryDelayMs(policy, n + 1)));
  });

  test('exponential waits at least as long as linear when the multiplier is 2 or more', () => {
    fc.assert(
      fc.property(legal, attempt, fc.double({ min: 2, max: 100, noNaN: true }), (policy, n, backoffMultiplier) => {
        const as = (strategy: RetryStrategy) => retryDelayMs({ ...policy, backoffMultiplier, strategy }, n);
        return as('exponential_backoff') >= as('linear_backoff');
      }),
    );
  });

  test('immediate never waits', () => {
    fc.assert(fc.property(legal, attempt, (policy, n) => retryDelayMs({ ...policy, strategy: 'immediate' }, n) === 0));
  });

  test('it is retried exactly max_retry_attempts - 1 times, then given up', () => {
    fc.assert(
      fc.property(legal, attempt, (policy, n) => {
        fc.pre(policy.strategy !== 'manual');
        const { next } = afterFailure(policy, n);
        return next === (n < policy.maxRetryAttempts ? 'retry' : 'give_up');
      }),
    );
  });

  test('it survives JSON unchanged, since that is how it is stored', () => {
    fc.assert(
      fc.property(legal, (policy) => {
        expect(JSON.parse(JSON.stringify(retryPolicy(policy)))).toEqual({
          ...policy,
          initialDelayMs: policy.initialDelayMs + 0,
        });
      }),
    );
  });
});

test('manual asks a person after the first failure, however many attempts are left', () => {
  expect(afterFailure(retryPolicy({ strategy: 'manual', maxRetryAttempts: 9 }), 1)).toEqual({ next: 'manual' });
});

test('a step whose runbook says nothing is tried once', () => {
  expect(afterFailure(NO_RETRY, 1)).toEqual({ next: 'give_up' });
});

describe('what the constraints forbid is refused with field, value and what is allowed', () => {
  const bad: [Partial<Record<keyof RetryPolicy, unknown>>, string][] = [
    [{ maxRetryAttempts: 0 }, 'max_retry_attempts: 0 is not allowed; expected a whole number of at least 1.'],
    [{ maxRetryAttempts: 1.5 }, 'max_retry_attempts: 1.5 is not allowed; expected a whole number of at least 1.'],
    [{ backoffMultiplier: 0.99 }, 'backoff_multiplier: 0.99 is not allowed; expected a number of at least 1.0.'],
    [{ initialDelayMs: -1 }, 'initial_delay_ms: -1 is not allowed; expected a number of at least 0.'],
    [
      { initialDelayMs: 2_000, maxDelayMs: 1_999 },
      'max_delay_ms: 1999 is not allowed; expected at least initial_delay_ms (2000).',
    ],
    [
      { strategy: 'fibonacci' },
      'strategy: "fibonacci" is not allowed; expected one of exponential_backoff, linear_backoff, immediate, manual.',
    ],
  ];

  test.each(bad)('%j', (given, message) => {
    const refuse = () => retryPolicy(given as Partial<RetryPolicy>);
    expect(refuse).toThrow(InvalidInput);
    expect(refuse).toThrow(message);
  });

  test.each(['backoffMultiplier', 'initialDelayMs', 'maxDelayMs'] as const)('%s must be a finite number', (field) => {
    for (const value of [Number.POSITIVE_INFINITY, Number.NaN])
      expect(() => retryPolicy({ [field]: value })).toThrow(InvalidInput);
  });

  test('what lies exactly on a bound is allowed', () => {
    const least = { maxRetryAttempts: 1, backoffMultiplier: 1, initialDelayMs: 0, maxDelayMs: 0 };
    expect(retryPolicy(least)).toEqual({ ...DEFAULT_RETRY_POLICY, ...least });
  });

  test('the error says whose policy it is, where that is known', () => {
    expect(() => retryPolicy({ maxRetryAttempts: 0 }, 'redis_outage.steps[1].retry')).toThrow(
      /^redis_outage\.steps\[1\]\.retry\.max_retry_attempts: 0/,
    );
  });
});
