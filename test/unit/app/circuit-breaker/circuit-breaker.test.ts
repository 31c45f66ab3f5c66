import { describe, expect, test } from '@jest/globals';
import {
  CircuitBreaker,
  CircuitBreakerConfig,
  CircuitBreakerRegistry,
  circuitBreaker,
  circuitBreakerHealthCheck,
  RecoveryValidationError,
} from '../../../../src/index.js';

const down = () => Promise.reject(new Error('connection refused'));
const failing = async (breaker: CircuitBreaker, times: number) => {
  for (let n = 0; n < times; n += 1) await breaker.call(down).catch(() => undefined);
};

describe('CircuitBreakerConfig', () => {
  test('has the defaults of the document, and takes its names', () => {
    const expected = {
      failureThreshold: 5,
      failureRateThreshold: 0.5,
      timeoutDuration: 60,
      requestTimeout: 30,
      maxConcurrentCalls: 100,
    };
    expect(new CircuitBreakerConfig()).toMatchObject(expected);
    const config = new CircuitBreakerConfig({
      failure_threshold: 5,
      failure_rate_threshold: 0.5,
      timeout_duration: 60.0,
      request_timeout: 30.0,
      max_concurrent_calls: 100,
    });
    expect(config).toMatchObject(expected);
  });

  test('refuses what cannot be, by its name', () => {
    expect(() => new CircuitBreakerConfig({ failureThreshold: 0 })).toThrow(
      /^failureThreshold: expected a whole number/,
    );
    expect(() => new CircuitBreakerConfig({ failureThreshold: 0 })).toThrow(RecoveryValidationError);
  });
});

describe('CircuitBreaker', () => {
  test('calls a function with its arguments and gives what it gives', async () => {
    const breaker = new CircuitBreaker('my_service', new CircuitBreakerConfig({ failureThreshold: 5 }));
    expect(await breaker.call((one: number, other: string) => `${one} ${other}`, 1, 'two')).toBe('1 two');
    await expect(breaker.call(down)).rejects.toThrow('connection refused');
  });

  test('opens at failure_threshold failures in a row, and the very next call is not made', async () => {
    const breaker = new CircuitBreaker('my_service', new CircuitBreakerConfig({ failureThreshold: 3 }));
    await failing(breaker, 2);
    expect(await breaker.getState()).toMatchObject({ state: 'closed', failure_count: 2 });
    await failing(breaker, 1);
    expect(await breaker.getState()).toMatchObject({
      state: 'open',
      reason: expect.stringContaining('connection refused'),
      next_attempt_at: expect.stringMatching(/Z$/),
    });
    await expect(breaker.call(() => 'called')).rejects.toMatchObject({ code: 'unavailable' });
    await breaker.reset();
    expect(await breaker.call(() => 'called')).toBe('called');
  });

  test('a call that takes longer than request_timeout has failed', async () => {
    const breaker = new CircuitBreaker('slow', new CircuitBreakerConfig({ requestTimeout: 0.02, failureThreshold: 1 }));
    await expect(breaker.call(() => new Promise(() => undefined))).rejects.toMatchObject({ code: 'unavailable' });
    expect((await breaker.getState()).state).toBe('open');
  });

  test('one call more than max_concurrent_calls is refused and says nothing about the service', async () => {
    const breaker = new CircuitBreaker('busy', new CircuitBreakerConfig({ maxConcurrentCalls: 1 }));
    let end = (): void => {};
    const first = breaker.call(() => new Promise<void>((resolve) => (end = resolve)));
    await expect(breaker.call(() => 'second')).rejects.toThrow(/1 calls at once already/);
    end();
    await first;
    expect((await breaker.getState()).failure_count).toBe(0);
  });

  test('protects a function as the decorator of the document does', async () => {
    const registry = new CircuitBreakerRegistry();
    const config = new CircuitBreakerConfig({ failureThreshold: 1 });
    const protectedFunction = circuitBreaker(
      'my_service',
      config,
      registry,
    )(async (fail: boolean) => {
      if (fail) throw new Error('down');
      return 'done';
    });
    expect(await protectedFunction(false)).toBe('done');
    await expect(protectedFunction(true)).rejects.toThrow('down');
    await expect(protectedFunction(false)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('CircuitBreakerRegistry', () => {
  test('knows the states of all, and its health check names those that are open', async () => {
    const registry = new CircuitBreakerRegistry();
    new CircuitBreaker('auth_service', undefined, registry);
    const cache = new CircuitBreaker('cache', new CircuitBreakerConfig({ failureThreshold: 1 }), registry);
    await failing(cache, 1);
    const states = await registry.getAllStates();
    expect([states.auth_service?.state, states.cache?.state]).toEqual(['closed', 'open']);
    expect(await circuitBreakerHealthCheck(registry)).toMatchObject({ healthy: false, open: ['cache'] });
  });
});
