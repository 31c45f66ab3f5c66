import type { HealthResult } from '../health/check.js';
import { formatDuration } from '../model/duration.js';
import { UserError } from '../model/errors.js';
import { redact } from '../model/redact.js';
import type { HalfOpen, Open } from './breaker.js';
import type { CallOutcome } from './circuit.js';

export function outcomeOf({ healthy, detail }: HealthResult): CallOutcome {
  return healthy ? { is: 'ok' } : { is: 'failed', why: brief(detail) };
}

export function failed(error: unknown): CallOutcome {
  return { is: 'failed', why: brief(said(error)) };
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One line, not a page of it, and no secret. */
function brief(text: string): string {
  return redact(text).split('\n')[0]?.slice(0, 200) || 'it failed without a word';
}

/** The service has no breaker, so nothing can be done with it. */
export function noBreaker(service: string): UserError {
  return new UserError(
    'invalid_input',
    `${service} has no circuit breaker, so its calls are never refused. circuit_breaker_enabled: true in the configuration gives it one.`,
    { field: 'service', value: service, allowed: 'a service with a circuit breaker' },
    { kind: 'no_breaker', service },
  );
}

/** A call that was not made, and when one will be. */
export function notCalled(service: string, breaker: Open | HalfOpen, now: number): UserError {
  const [word, until] =
    breaker.state === 'half_open'
      ? ['half-open', 'one call is on its way to see whether it is back']
      : ['open', breaker.trialAt === null ? 'it waits for a reset' : inWords(breaker.trialAt - now)];
  return new UserError(
    'unavailable',
    `${service} was not called: its circuit breaker is ${word} (${breaker.reason}); ${until}.`,
    { service, state: breaker.state },
  );
}

function inWords(leftMs: number): string {
  return `one call is let through ${leftMs <= 0 ? 'at once' : `in ${formatDuration(leftMs)}`}`;
}
