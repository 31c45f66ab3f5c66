import type { JsonObject } from '../model/json.js';
import type { StepResult } from '../model/plan.js';
import type { StepError } from '../model/recovery.js';
import { redact, redactJson, withoutKnownJson } from '../model/redact.js';
import { afterFailure } from '../model/retry-policy.js';
import { stepDigest } from '../planner/digest.js';
import { consume, event, type Move, setStep, step, stepFacts } from './move.js';

/** The intent: committed with the before-state, before any effect (D4). `facts` are those that its approval is about. */
export function begin(m: Move, position: number, before: JsonObject, now: Date, facts?: JsonObject): Move {
  const { startedAt, attempts, approvalId, before: earlier, firstBefore } = step(m, position);
  const begun = setStep(m, position, {
    state: 'running',
    attempts: attempts + 1,
    startedAt: startedAt ?? now,
    endedAt: null,
    nextAttemptAt: null,
    // What undoes it reads it again: only what is known to be secret is taken out.
    before: withoutKnownJson(before),
    firstBefore: firstBefore ?? earlier,
    error: null,
    approvalId: null,
  });
  // For the audit: that what ran is what the plan had, and what its own approval was about.
  const digest = stepDigest(m.after.recovery.planDigest, step(m, position), approvalId ? facts : undefined);
  const started = event(begun, 'step.started', 'reviver', { ...stepFacts(step(begun, position)), digest });
  return approvalId ? consume(started, approvalId, digest) : started;
}

/** What actions say comes from outside: secrets in it end here, before anything is stored. */
export function succeed(m: Move, position: number, given: StepResult, now: Date, how: JsonObject = {}): Move {
  const result: StepResult = redactJson(given);
  const done = setStep(m, position, { state: 'succeeded', endedAt: now, result, error: null });
  const { startedAt } = step(done, position);
  const durationMs = startedAt ? now.getTime() - startedAt.getTime() : 0;
  return event(done, 'step.succeeded', 'reviver', {
    ...stepFacts(step(done, position)),
    duration_ms: durationMs,
    summary: result.summary,
    ...how,
  });
}

/** A failed attempt: another one by the step's own policy, else the end of the step. */
export function fail(m: Move, position: number, given: StepError, now: Date, retryable = true): Move {
  const error: StepError = {
    ...given,
    message: redact(given.message),
    ...(given.facts ? { facts: redactJson(given.facts) } : {}),
  };
  const { retry, attempts } = step(m, position);
  const next = retryable ? afterFailure(retry, attempts) : { next: 'give_up' as const };
  const facts = { ...stepFacts(step(m, position)), error: error.message, code: error.code };
  if (next.next === 'retry') {
    const at = new Date(now.getTime() + next.delayMs);
    const waiting = setStep(m, position, { state: 'pending', nextAttemptAt: at, error });
    return event(waiting, 'step.retry', 'reviver', { ...facts, delay_ms: next.delayMs, of: retry.maxRetryAttempts });
  }
  return event(setStep(m, position, { state: 'failed', endedAt: now, error }), 'step.failed', 'reviver', facts);
}

export function unknown(m: Move, position: number, seen: string, now: Date): Move {
  const evidence = redact(seen);
  const error: StepError = { code: 'unknown_outcome', message: evidence };
  const stopped = setStep(m, position, { state: 'unknown', endedAt: now, error });
  return event(stopped, 'step.unknown', 'reviver', { ...stepFacts(step(stopped, position)), evidence });
}

/** Reality shows that the effect did not happen: as if the attempt had not been. */
export function notDone(m: Move, position: number, seen: string): Move {
  const evidence = redact(seen);
  const { attempts, startedAt } = step(m, position);
  const left = Math.max(0, attempts - 1);
  const back = setStep(m, position, {
    state: 'pending',
    attempts: left,
    startedAt: left === 0 ? null : startedAt,
    nextAttemptAt: null,
  });
  return event(back, 'step.not_done', 'reviver', { ...stepFacts(step(back, position)), evidence });
}

export function skip(m: Move, position: number, reason: string, now: Date): Move {
  const skipped = setStep(m, position, { state: 'skipped', endedAt: now, result: { summary: reason } });
  return event(skipped, 'step.skipped', 'reviver', { ...stepFacts(step(skipped, position)), reason });
}

/** A cancel stopped it and reality shows no effect. */
export function cancelStep(m: Move, position: number, seen: string, now: Date): Move {
  const evidence = redact(seen);
  const stopped = setStep(m, position, {
    state: 'cancelled',
    endedAt: now,
    error: { code: 'cancelled', message: evidence },
  });
  return event(stopped, 'step.cancelled', 'reviver', { ...stepFacts(step(stopped, position)), evidence });
}
