import {
  CircuitState,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  type IBackoffFactory,
  noJitterGenerator,
} from 'cockatiel';
import { z } from 'zod';
import type { BreakerSettings } from '../model/service.js';
import type { Breaker, Closed, HalfOpen, Open } from './breaker.js';
import { type Run, recent } from './calls.js';
import { TripRule } from './trip-rule.js';

/*
 * Cockatiel's breaker decides; it lives for one decision. It is given the state that all processes share, hears the
 * outcomes, and says what becomes of it. Its own clock is never asked: a closed one has none, and a half-open one is given
 * to it as one that opened long ago, as it does itself in `toJSON`.
 */

/** What finished calls make of a breaker. One that is not closed any more has no use for late outcomes. */
export async function afterCalls(breaker: Breaker, runs: readonly Run[], settings: BreakerSettings): Promise<Breaker> {
  if (breaker.state !== 'closed') return breaker;
  const rule = new TripRule(settings);
  const policy = policyOf(rule, settings, { ownState: { value: CircuitState.Closed }, breakerState: breaker.calls });
  for (const { ok, count, at, why } of runs) {
    rule.at = at;
    if (ok) rule.succeeded(count);
    for (let told = 0; !ok && told < count; told += 1) {
      await hear(policy, false);
      if (policy.state !== CircuitState.Open) continue;
      return opened(rule, openingsOf(policy), at, settings, why);
    }
  }
  return { ...breaker, calls: rule.state };
}

/** What the outcome of the one call makes of a half-open breaker. */
export async function afterTrial(
  breaker: HalfOpen,
  outcome: { ok: boolean; why?: string },
  now: number,
  settings: BreakerSettings,
): Promise<Closed | Open> {
  const rule = new TripRule(settings);
  rule.at = now;
  const policy = policyOf(rule, settings, {
    ownState: { value: CircuitState.Open, openedAt: 0, attemptNo: breaker.openings },
    breakerState: breaker.calls,
  });
  await hear(policy, outcome.ok);
  if (policy.state === CircuitState.Closed) return { state: 'closed', since: now, calls: rule.state };
  const { reason, by } = breaker;
  const openings = openingsOf(policy);
  const calls = rule.state;
  return {
    state: 'open',
    since: now,
    openings,
    calls,
    by,
    reason: outcome.why === undefined ? reason : `the call that was let through failed: ${outcome.why}`,
    trialAt: now + openMs(openings, settings),
  };
}

/** How long the nth opening in a row lasts: doubled each time, up to the longest. */
export function openMs(openings: number, settings: BreakerSettings): number {
  let step = backoffOf(settings).next(NOTHING);
  for (let n = 1; n < openings; n += 1) step = step.next(NOTHING);
  return step.duration;
}

const NOTHING = undefined;

function backoffOf({ openMs: initialDelay, maxOpenMs: maxDelay }: BreakerSettings): IBackoffFactory<unknown> {
  return new ExponentialBackoff({ generator: noJitterGenerator, initialDelay, maxDelay });
}

function policyOf(breaker: TripRule, settings: BreakerSettings, initialState: unknown) {
  return circuitBreaker(handleAll, { breaker, halfOpenAfter: backoffOf(settings), initialState });
}

type Policy = ReturnType<typeof policyOf>;

async function hear(policy: Policy, ok: boolean): Promise<void> {
  const outcome = (): void => {
    if (!ok) throw new Error('the call failed');
  };
  await policy.execute(outcome).catch(() => undefined);
}

const opening = z.object({ ownState: z.object({ attemptNo: z.int().min(1) }) });

function openingsOf(policy: Policy): number {
  return opening.parse(policy.toJSON()).ownState.attemptNo;
}

function opened(rule: TripRule, openings: number, now: number, settings: BreakerSettings, why = 'no answer'): Open {
  const { inARow } = rule.state;
  const { failed, total } = recent(rule.state, now);
  const many = `${inARow} failures in a row, the last: ${why}`;
  const reason =
    inARow >= settings.failureThreshold ? many : `${failed} of ${total} calls failed within a minute, the last: ${why}`;
  return {
    state: 'open',
    since: now,
    openings,
    calls: rule.state,
    by: 'reviver',
    reason: inARow === 1 && settings.failureThreshold === 1 ? why : reason,
    trialAt: now + openMs(openings, settings),
  };
}
