import type { CircuitBreakerConfig } from './config.js';
import { CircuitBreakerRegistry, type CircuitBreakerState } from './registry.js';

/** Keeps callers away from a service that fails. Without a registry it has one of its own. */
export class CircuitBreaker {
  readonly name: string;
  readonly #registry: CircuitBreakerRegistry;

  constructor(name: string, config?: CircuitBreakerConfig, registry = new CircuitBreakerRegistry()) {
    this.name = name;
    this.#registry = registry;
    registry.register(name, config);
  }

  /**
   * Calls `work` with these arguments, unless the breaker is open. Throws what it throws; a `UserError` with the code
   * `unavailable` when it was not called, or took longer than `requestTimeout`.
   */
  call<Arguments extends unknown[], Result>(
    work: (...args: Arguments) => PromiseLike<Result> | Result,
    ...args: Arguments
  ): Promise<Result> {
    return this.#registry.call(this.name, () => work(...args));
  }

  getState(): Promise<CircuitBreakerState> {
    return this.#registry.getState(this.name);
  }

  open(how?: { reason?: string; forMs?: number }): Promise<void> {
    return this.#registry.open(this.name, how);
  }

  reset(): Promise<void> {
    return this.#registry.reset(this.name);
  }
}

/** The document's decorator as a function: gives a function that is called through the breaker of this name. */
export function circuitBreaker(name: string, config?: CircuitBreakerConfig, registry?: CircuitBreakerRegistry) {
  const breaker = new CircuitBreaker(name, config, registry);
  return <Arguments extends unknown[], Result>(work: (...args: Arguments) => PromiseLike<Result> | Result) =>
    (...args: Arguments): Promise<Result> =>
      breaker.call(work, ...args);
}

/** Whether every circuit is closed, and which are not. */
export async function circuitBreakerHealthCheck(registry: CircuitBreakerRegistry) {
  const circuits = await registry.getAllStates();
  const open = Object.keys(circuits).filter((name) => circuits[name]?.state !== 'closed');
  return { healthy: open.length === 0, open, circuits };
}
