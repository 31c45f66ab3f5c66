import type { BreakerSettings } from '../model/service.js';
import { type BreakerState, CLOSED, type StoredBreaker } from './breaker.js';
import { recent } from './calls.js';

/** What people and programs see of a breaker. */
export interface BreakerView {
  service: string;
  state: BreakerState;
  /** False: the configuration does not want it, so that it is always closed. */
  enabled: boolean;
  /** When it came into this state; null: it was never otherwise. */
  since: Date | null;
  failuresInARow: number;
  /** Calls within the last minute that are stored; calls that went well may not be yet. */
  calls: number;
  /** Per cent of them that failed; null: it is open, and nothing is called. */
  errorRate: number | null;
  /** Of an open or half-open one. */
  openings: number;
  reason: string | null;
  by: string | null;
  /** When the next call is let through; null: when it is closed, or somebody resets it. */
  trialAt: Date | null;
  /** Of an open one: a recovery has helped since, so that the trial is now. */
  recovered: boolean;
  /** Calls that this process makes now. */
  inFlight: number;
}

export function viewOfBreaker(
  service: string,
  settings: Pick<BreakerSettings, 'enabled'> | undefined,
  stored: Pick<StoredBreaker, 'breaker' | 'recovered'> | undefined,
  now: number,
  inFlight = 0,
): BreakerView {
  const breaker = (settings?.enabled && stored?.breaker) || CLOSED;
  const { total, failed } = recent(breaker.calls, now);
  const recovered = breaker.state === 'open' && breaker.trialAt !== null && (stored?.recovered ?? false);
  const idle = total === 0 && breaker.state !== 'closed';
  return {
    service,
    state: breaker.state,
    enabled: settings?.enabled ?? false,
    since: breaker.since === null ? null : new Date(breaker.since),
    failuresInARow: breaker.calls.inARow,
    calls: total,
    errorRate: idle ? null : total === 0 ? 0 : (100 * failed) / total,
    openings: breaker.state === 'closed' ? 0 : breaker.openings,
    reason: breaker.state === 'closed' ? null : breaker.reason,
    by: breaker.state === 'closed' ? null : breaker.by,
    trialAt: breaker.state === 'open' && breaker.trialAt !== null ? new Date(recovered ? now : breaker.trialAt) : null,
    recovered,
    inFlight,
  };
}
