import { CircuitState, type IBreaker } from 'cockatiel';
import type { BreakerSettings } from '../model/service.js';
import { type Calls, counted, NO_CALLS, type Run, recent } from './calls.js';

/** When calls open a breaker: so many failures in a row, or too great a share of failures in the last minute. */
export function trips(calls: Calls, settings: BreakerSettings, now: number): boolean {
  if (calls.inARow >= settings.failureThreshold) return true;
  const { total, failed } = recent(calls, now);
  // A share of few calls says little.
  return total >= 2 * settings.failureThreshold && failed >= settings.failureRateThreshold * total;
}

/** The rule in the form that cockatiel asks; its state is what the store keeps. */
export class TripRule implements IBreaker {
  state: Calls = NO_CALLS;
  /** The run that the next outcome belongs to: a call may be counted a while after it ended. */
  at = 0;

  constructor(private readonly settings: BreakerSettings) {}

  success(state: CircuitState): void {
    // What was before the trial is over and done with.
    if (state === CircuitState.HalfOpen) this.state = NO_CALLS;
    else this.succeeded(1);
  }

  failure(): boolean {
    this.state = counted(this.state, { ok: false, count: 1, at: this.at });
    return trips(this.state, this.settings, this.at);
  }

  /** A success never opens anything, so that many can be counted at once. */
  succeeded(count: Run['count']): void {
    this.state = counted(this.state, { ok: true, count, at: this.at });
  }
}
