import { type Calls, NO_CALLS } from './calls.js';

/**
 * A circuit breaker, as every process sees it. Times are milliseconds since 1970, on the database's clock.
 *
 * closed      calls go through and are counted; too many failures open it
 * open        calls are refused. At `trialAt`, or when a recovery of the service has succeeded, one is let through
 * half_open   that one call, the trial, is on its way, and all others are refused. When it succeeds the breaker closes, when
 *             it fails the breaker opens for twice as long. A trial that is not heard of by `until` was lost with its process
 */
export type Breaker = Closed | Open | HalfOpen;

export interface Closed {
  state: 'closed';
  since: number | null;
  calls: Calls;
}

export interface Open extends Why {
  state: 'open';
  since: number;
  /** null: opened by hand without a limit, so that only a reset ends it. */
  trialAt: number | null;
}

export interface HalfOpen extends Why {
  state: 'half_open';
  since: number;
  /** Names the call; only its outcome counts. */
  trial: string;
  until: number;
}

interface Why {
  /** Openings in a row: the first one is 1. */
  openings: number;
  /** What people read: `5 failures in a row, the last: connection refused`. */
  reason: string;
  /** `reviver`, a person, or the step that opened it. */
  by: string;
  /** The calls before it opened: what the error rate is known from. */
  calls: Calls;
}

export type BreakerState = Breaker['state'];

export const CLOSED: Closed = { state: 'closed', since: null, calls: NO_CALLS };

/** A breaker with its place in the store. */
export interface StoredBreaker {
  service: string;
  /** Grows with each write; a write names the one that it was made from. 0: there is no row yet. */
  revision: number;
  breaker: Breaker;
  /** The latest recovery of the service succeeded after the breaker opened. */
  recovered: boolean;
}

/** May one call go through to see? A recovery that helped is reason enough, but not against a limitless hold. */
export function isDue({ breaker, recovered }: Pick<StoredBreaker, 'breaker' | 'recovered'>, now: number): boolean {
  if (breaker.state === 'open') return breaker.trialAt !== null && (recovered || breaker.trialAt <= now);
  return breaker.state === 'half_open' && breaker.until <= now;
}
