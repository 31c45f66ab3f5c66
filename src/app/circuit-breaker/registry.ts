import { type Breakers, createBreakers } from '../../engine/breakers/breakers.js';
import type { BreakerView } from '../../engine/breakers/view.js';
import type { HealthResult } from '../../engine/health/check.js';
import type { BreakerSettings } from '../../engine/model/service.js';
import type { Log } from '../../engine/ports.js';
import { createMemoryBreakerStore } from '../../store/memory/breaker-store.js';
import { createDatabaseClock } from '../database-clock.js';
import { serviceName } from '../orchestrator/schedule-request.js';
import { CircuitBreakerConfig, toBreakerSettings } from './config.js';

/** A breaker as people and programs see it; times are ISO 8601. */
export interface CircuitBreakerState {
  state: 'closed' | 'open' | 'half_open';
  failure_count: number;
  /** Share of failed calls over the last minute, 0 to 1; null: it is open, and nothing is called. */
  failure_rate: number | null;
  reason: string | null;
  /** When the next call is let through as a trial. */
  next_attempt_at: string | null;
}

/** The circuit breakers of this process by the names of their services. For breakers that processes share: `openBreakers`. */
export class CircuitBreakerRegistry {
  readonly #services = new Map<string, { name: string; breaker: BreakerSettings }>();
  #known: readonly { name: string; breaker: BreakerSettings }[] = [];
  readonly #breakers: Breakers;

  constructor({ log = () => {} }: { log?: Log } = {}) {
    this.#breakers = createBreakers({
      services: () => this.#known,
      store: createMemoryBreakerStore(),
      clock: createDatabaseClock(),
      changed: () => {},
      log,
    });
  }

  /** A breaker that is there already takes the new settings and keeps its state. */
  register(service: string, config: CircuitBreakerConfig = new CircuitBreakerConfig()): void {
    this.#services.set(serviceName(service), { name: service, breaker: toBreakerSettings(config) });
    this.#known = [...this.#services.values()];
  }

  has(service: string): boolean {
    return this.#services.has(service);
  }

  /** Makes the call, unless the breaker is open; resolves or throws when its outcome is counted. */
  async call<Result>(service: string, work: (signal: AbortSignal) => PromiseLike<Result> | Result): Promise<Result> {
    try {
      return await this.#breakers.protect(service, work);
    } finally {
      await this.#breakers.settled();
    }
  }

  async getState(service: string): Promise<CircuitBreakerState> {
    return toState((await this.#breakers.look(service)).view);
  }

  async getAllStates(): Promise<Record<string, CircuitBreakerState>> {
    const views = await this.#breakers.views();
    return Object.fromEntries(views.map((view) => [view.service, toState(view)]));
  }

  /** Refuses all calls until it is reset, or its time is over where one is given. */
  async open(service: string, { reason = 'by hand', forMs }: { reason?: string; forMs?: number } = {}): Promise<void> {
    await this.#breakers.open(service, { by: 'program', reason, forMs });
  }

  /** Closes it with a fresh count. */
  async reset(service: string): Promise<void> {
    await this.#breakers.reset(service, 'program');
  }

  /**
   * Half-open for a recovery: an open breaker lets one call through now, and `check` is that call: it closes the breaker, or
   * opens it again. Without a check the next call of whoever uses the service is the trial.
   */
  async test(
    service: string,
    check: (() => Promise<HealthResult>) | undefined,
    signal: AbortSignal,
  ): Promise<HealthResult | undefined> {
    await this.#breakers.tryNow(service, 'recovery');
    if (!check) return undefined;
    let seen: HealthResult | undefined;
    await this.#breakers.probe(service, async () => (seen = await check()), signal);
    // It was closed, or somebody else's call is the trial: the check decides all the same.
    return seen ?? check();
  }
}

function toState({ state, failuresInARow, errorRate, reason, trialAt }: BreakerView): CircuitBreakerState {
  return {
    state,
    failure_count: failuresInARow,
    failure_rate: errorRate === null ? null : errorRate / 100,
    reason,
    next_attempt_at: trialAt?.toISOString() ?? null,
  };
}
