import type { HealthResult } from '../health/check.js';
import type { BreakerSettings, Service } from '../model/service.js';
import { findService } from '../planner/candidates.js';
import type { BreakerStore, Log } from '../ports.js';
import { type Breaker, isDue, type StoredBreaker } from './breaker.js';
import { openedByHand, reset, tryNow } from './by-hand.js';
import { CallLimited, type CallLimits, createCallLimits } from './call-limits.js';
import { type Circuit, createCircuit } from './circuit.js';
import { failed, noBreaker, notCalled, outcomeOf, said } from './outcomes.js';
import { type BreakerView, viewOfBreaker } from './view.js';

export interface BreakersPorts {
  services(): readonly Pick<Service, 'name' | 'breaker'>[];
  store: BreakerStore;
  /** This process's idea of the database's time. */
  clock: { now(): Date; calibrate(databaseTime: Date): void };
  /** A breaker changed its state here: other processes shall look. */
  changed(service: string): void;
  log: Log;
}

/** The circuit breakers of all services, as one process has them. */
export interface Breakers {
  /**
   * Calls the service, unless its breaker is open. Throws what the call throws; a `UserError` with code `unavailable` when it
   * was not made, or took too long. What an aborted `signal` ended does not count. Needs `follow`.
   */
  protect<T>(service: string, call: (signal: AbortSignal) => PromiseLike<T> | T, signal?: AbortSignal): Promise<T>;
  /** A health check is a call that is made in any case; it counts while the breaker is closed. */
  watch(service: string, check: () => Promise<HealthResult>, signal: AbortSignal): Promise<HealthResult>;
  /** Services whose breaker would let one call through now. */
  due(): string[];
  /** Makes that one call, if nobody else was quicker. */
  probe(service: string, check: () => Promise<HealthResult>, signal: AbortSignal): Promise<void>;
  open(service: string, how: { by: string; reason: string; forMs?: number | undefined }): Promise<BreakerView>;
  reset(service: string, by: string): Promise<BreakerView>;
  /** An open one lets the next call through now, as its trial. */
  tryNow(service: string, by: string): Promise<BreakerView>;
  /** As stored now. */
  look(service: string): Promise<{ breaker: Breaker; view: BreakerView }>;
  views(): Promise<BreakerView[]>;
  /** Reads what others did, now and every second: what `protect`, `watch` and `due` go by. Resolves after the first look. */
  follow(): Promise<void>;
  /** Somebody said that this one changed. */
  heard(service: string): void;
  /** Resolves when the outcomes of the calls so far are stored, as far as they can be. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;

interface Held {
  settings: BreakerSettings;
  circuit: Circuit;
  limits: CallLimits;
  /** Checks that are made now. */
  checks: number;
}

export function createBreakers(ports: BreakersPorts): Breakers {
  const { clock, log } = ports;
  const now = () => clock.now().getTime();
  const store: BreakerStore = {
    ...ports.store,
    async read(service) {
      const found = await ports.store.read(service);
      clock.calibrate(found.now);
      return found;
    },
  };
  const held = new Map<string, Held>();
  const ending = new Set<Promise<void>>();
  let looking: NodeJS.Timeout | undefined;
  let away = false;

  function settingsOf(service: string) {
    const { name, breaker } = findService(service, ports.services());
    if (!breaker?.enabled) throw noBreaker(name);
    return breaker;
  }

  function hold(service: string): Held {
    const settings = settingsOf(service);
    const known = held.get(service);
    if (known?.settings === settings) return known;
    const made = {
      settings,
      circuit: createCircuit(service, settings, { store, now, changed: ports.changed, log }),
      limits: createCallLimits(service, settings),
      checks: 0,
    };
    held.set(service, made);
    return made;
  }

  const enabled = (service: string) =>
    ports.services().find(({ name }) => name === service)?.breaker?.enabled ? hold(service) : undefined;

  async function refresh(): Promise<void> {
    const { breakers } = await store.read();
    for (const stored of breakers) enabled(stored.service)?.circuit.refresh(stored);
    await Promise.all([...held.values()].map(({ circuit }) => circuit.tick()));
  }

  /** The store may be away: what is known stays, and the outcome is kept for later. */
  async function quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (away) log('info', 'circuit breakers are shared again');
      away = false;
    } catch (error) {
      if (!away)
        log('warn', 'circuit breakers stay as they are known here: the store does not answer', { error: said(error) });
      away = true;
    }
  }

  /** Whoever called need not wait until the outcome is stored. */
  function later(work: () => Promise<void>): void {
    const one = quietly(work).finally(() => ending.delete(one));
    ending.add(one);
  }

  async function settled(): Promise<void> {
    await Promise.allSettled([...ending]);
  }

  async function probe(service: string, check: () => Promise<HealthResult>, signal: AbortSignal): Promise<void> {
    const { circuit } = hold(service);
    const entry = await circuit.enter();
    if ('refused' in entry || entry.pass === 'free') return;
    const outcome = await check().then(outcomeOf, failed);
    await circuit.leave(entry.pass, signal.aborted ? { is: 'nothing' } : outcome);
  }

  const viewOf = (stored: StoredBreaker | undefined, service: string): BreakerView => {
    const one = held.get(service);
    const { breaker } = findService(service, ports.services());
    return viewOfBreaker(service, breaker, stored, now(), (one?.limits.active ?? 0) + (one?.checks ?? 0));
  };

  return {
    async protect(service, call, signal) {
      const { circuit, limits } = hold(service);
      signal?.throwIfAborted();
      const entry = await circuit.enter();
      if ('refused' in entry) throw notCalled(service, entry.refused, now());
      const { pass } = entry;
      try {
        const result = await limits.run(call, signal);
        later(() => circuit.leave(pass, { is: 'ok' }));
        return result;
      } catch (error) {
        const nothing = signal?.aborted || (error instanceof CallLimited && error.limit === 'full');
        later(() => circuit.leave(pass, nothing ? { is: 'nothing' } : failed(error)));
        throw error;
      }
    },

    async watch(service, check, signal) {
      const one = enabled(service);
      if (!one) return check();
      one.checks += 1;
      try {
        const result = await check();
        if (!signal.aborted) await quietly(() => one.circuit.leave('free', outcomeOf(result)));
        return result;
      } finally {
        one.checks -= 1;
      }
    },

    due: () => [...held].filter(([, { circuit }]) => isDue(circuit.known, now())).map(([service]) => service),
    probe,

    async open(service, how) {
      await hold(service).circuit.set((breaker, at) => openedByHand(breaker, how, at), how.by);
      return viewOf(hold(service).circuit.known, service);
    },

    async reset(service, by) {
      await hold(service).circuit.set(reset, by);
      return viewOf(hold(service).circuit.known, service);
    },

    async tryNow(service, by) {
      await hold(service).circuit.set(tryNow, by);
      return viewOf(hold(service).circuit.known, service);
    },

    async look(service) {
      settingsOf(service);
      const { circuit } = hold(service);
      circuit.refresh((await store.read(service)).breakers[0]);
      return { breaker: circuit.known.breaker, view: viewOf(circuit.known, service) };
    },

    async views() {
      const { breakers } = await store.read();
      const stored = new Map(breakers.map((one) => [one.service, one]));
      return ports.services().map(({ name }) => viewOf(stored.get(name), name));
    },

    async follow() {
      await quietly(refresh);
      looking ??= setInterval(() => later(refresh), LOOK_EVERY_MS);
    },

    heard(service) {
      if (looking !== undefined && enabled(service)) later(refresh);
    },

    settled,

    async close() {
      clearInterval(looking);
      await settled();
    },
  };
}
