// A circuit breaker around the calls of a program.
import { CircuitBreaker, CircuitBreakerConfig, circuitBreaker } from 'reviver';

const config = new CircuitBreakerConfig({
  failureThreshold: 5, // Failures before opening
  failureRateThreshold: 0.5, // 50% failure rate threshold
  timeoutDuration: 60.0, // Open state duration, seconds
  requestTimeout: 30.0, // Individual request timeout, seconds
  maxConcurrentCalls: 100, // Bulkhead limit
});

// Protect a function
const protectedFunction = circuitBreaker('my_service', config)(async (name: string) => `hello ${name}`);
console.log(await protectedFunction('Ann'));

// Or use it directly
const breaker = new CircuitBreaker('other_service', config);
const add = (one: number, other: number) => one + other;
console.log(await breaker.call(add, 1, 2));
for (let n = 0; n < 5; n += 1) await breaker.call(() => Promise.reject(new Error('down'))).catch(() => undefined);
await breaker.call(add, 1, 2).catch((error: Error) => console.log(error.message.replace(/;.*/, '')));
