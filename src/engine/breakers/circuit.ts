import { randomUUID } from 'node:crypto';
import type { BreakerSettings } from '../model/service.js';
import type { BreakerStore, Log } from '../ports.js';
import { afterCalls, afterTrial } from './after-calls.js';
import { type Breaker, CLOSED, type HalfOpen, isDue, type Open, type StoredBreaker } from './breaker.js';
import { recent } from './calls.js';
import { newsOf } from './news.js';
import { createPending } from './pending.js';

export interface CircuitPorts {
  store: BreakerStore;
  /** Milliseconds on the database's clock. */
  now(): number;
  /** The state changed here: others shall look at once. */
  changed(service: string): void;
  log: Log;
}

/** Let through: as one of many, or as the one trial of a breaker that is due. */
export type Pass = 'free' | { trial: string };

export type Entry = { pass: Pass } | { refused: Open | HalfOpen };

/** What became of a call. `nothing`: it says nothing about the service, such as one that its caller took back. */
export type CallOutcome = { is: 'ok' } | { is: 'failed'; why: string } | { is: 'nothing' };

/**
 * One service's breaker in this process: a copy of what is stored, and what is not stored yet. Processes agree by the
 * revision: who writes from an old one reads again and decides anew.
 *
 * A failure is stored at once. Successes are kept here while all is well, since only their number matters, and only
 * when failures come; then they are stored with them, at the latest within a second.
 */
export interface Circuit {
  readonly known: StoredBreaker;
  /** As read from the store; undefined: it has no row. */
  refresh(stored: StoredBreaker | undefined): void;
  /** Whether a call may be made now, and as what. */
  enter(): Promise<Entry>;
  leave(pass: Pass, outcome: CallOutcome): Promise<void>;
  /** Stores what is kept here, if it matters. */
  tick(): Promise<void>;
  /** A change that is not an outcome. Gives the breaker after it; `change` is asked again when somebody was quicker. */
  set(change: (breaker: Breaker, now: number) => Breaker, by: string): Promise<Breaker>;
}

/** A trial that is not heard of for this long beyond the request's own time is lost. */
const LOST_AFTER_MS = 5_000;

export function createCircuit(service: string, settings: BreakerSettings, ports: CircuitPorts): Circuit {
  const { store, now } = ports;
  let known: StoredBreaker = { service, revision: 0, breaker: CLOSED, recovered: false };
  const pending = createPending();
  let storing: Promise<void> | undefined;

  /** An answer that was overtaken by another one is not news. */
  function learn(stored: StoredBreaker): void {
    if (stored.revision < known.revision) return;
    known = stored;
    // What was counted before it opened is no part of a new count.
    if (stored.breaker.state !== 'closed') pending.take();
  }

  async function reload(): Promise<void> {
    const [stored] = (await store.read(service)).breakers;
    if (stored) learn(stored);
  }

  /** False: somebody wrote first, and what they wrote is known now. */
  async function write(from: StoredBreaker, breaker: Breaker, by: string): Promise<boolean> {
    const news = newsOf(service, from.breaker, breaker, from.revision + 1, by);
    if (!(await store.save(service, from.revision, breaker, news))) {
      await reload();
      return false;
    }
    learn({ service, revision: from.revision + 1, breaker, recovered: false });
    if (news.events.length > 0) {
      ports.log(breaker.state === 'open' ? 'warn' : 'info', `circuit breaker ${breaker.state}`, {
        service,
        by,
        from: from.breaker.state,
        ...(breaker.state === 'closed' ? {} : { reason: breaker.reason }),
      });
      ports.changed(service);
    }
    return true;
  }

  async function storePending(): Promise<void> {
    while (pending.runs().length > 0) {
      const from = known;
      const runs = pending.take();
      try {
        const after = await afterCalls(from.breaker, runs, settings);
        if (after !== from.breaker && !(await write(from, after, 'reviver'))) pending.putBack(runs);
      } catch (error) {
        pending.putBack(runs);
        throw error;
      }
    }
  }

  const flush = (): Promise<void> => {
    storing ??= storePending().finally(() => {
      storing = undefined;
    });
    return storing;
  };

  async function endTrial(id: string, outcome: CallOutcome): Promise<void> {
    for (;;) {
      const from = known;
      const { breaker } = from;
      // Reset, opened by hand, or taken over by another trial meanwhile.
      if (breaker.state !== 'half_open' || breaker.trial !== id) return;
      const after =
        outcome.is === 'nothing'
          ? ({ ...breaker, state: 'open', since: now(), trialAt: now() } as const)
          : await afterTrial(
              breaker,
              outcome.is === 'ok' ? { ok: true } : { ok: false, why: outcome.why },
              now(),
              settings,
            );
      if (await write(from, after, 'reviver')) return;
    }
  }

  return {
    get known() {
      return known;
    },
    refresh(stored) {
      if (stored) learn(stored);
    },

    async enter() {
      const from = known;
      const { breaker } = from;
      if (breaker.state === 'closed') return { pass: 'free' };
      if (!isDue(from, now())) return { refused: breaker };
      const trial = randomUUID();
      const { openings, reason, by, calls } = breaker;
      const until = now() + settings.requestTimeoutMs + LOST_AFTER_MS;
      const half = { state: 'half_open' as const, since: now(), openings, reason, by, calls, trial, until };
      if (await write(from, half, 'reviver')) return { pass: { trial } };
      return known.breaker.state === 'closed' ? { pass: 'free' } : { refused: known.breaker };
    },

    async leave(pass, outcome) {
      if (pass !== 'free') return endTrial(pass.trial, outcome);
      if (outcome.is === 'nothing' || known.breaker.state !== 'closed') return;
      const { inARow } = known.breaker.calls;
      pending.add(outcome.is === 'ok', now(), outcome.is === 'failed' ? outcome.why : undefined);
      // The first success after failures ends their row, for everybody.
      if (outcome.is === 'failed' || inARow > 0) await flush();
    },

    async tick() {
      const { breaker } = known;
      const troubled = breaker.state === 'closed' && recent(breaker.calls, now()).failed > 0;
      const failures = pending.runs().some(({ ok }) => !ok);
      if (troubled || failures) await flush();
    },

    async set(change, by) {
      for (;;) {
        await reload();
        const from = known;
        const after = change(from.breaker, now());
        if (after === from.breaker || (await write(from, after, by))) return after;
      }
    },
  };
}
