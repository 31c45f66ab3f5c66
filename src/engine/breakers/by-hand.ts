import { type Breaker, CLOSED, type Open } from './breaker.js';
import { NO_CALLS } from './calls.js';

/** Opened by a person or a step: for `forMs`, and then by a trial, or until it is reset. */
export function openedByHand(
  breaker: Breaker,
  how: { by: string; reason: string; forMs?: number | undefined },
  now: number,
): Open {
  return {
    state: 'open',
    since: now,
    openings: breaker.state === 'closed' ? 1 : breaker.openings,
    calls: breaker.calls,
    reason: how.reason,
    by: how.by,
    trialAt: how.forMs === undefined ? null : now + how.forMs,
  };
}

/** Closed, with a fresh count; the very same where it was that already. */
export function reset(breaker: Breaker, now: number): Breaker {
  const fresh = breaker.state === 'closed' && breaker.calls.slots.length === 0 && breaker.calls.inARow === 0;
  return fresh ? breaker : { ...CLOSED, since: now, calls: NO_CALLS };
}

/** Whoever has brought the service back wants to know: the next call is let through now. Closed or half-open it stays. */
export function tryNow(breaker: Breaker, now: number): Breaker {
  return breaker.state === 'open' ? { ...breaker, trialAt: now } : breaker;
}
