import type { JsonObject } from '../model/json.js';
import { nextAfter } from './cron.js';
import type { JobOutcome, JobResult } from './job.js';
import type { Ending, Turn } from './store.js';

/** What came of a turn. */
export type Came =
  | { outcome: 'succeeded'; result: JobResult }
  | { outcome: Exclude<JobOutcome, 'succeeded'>; detail: string };

/** A failed job is tried again after so long, and again; then its next occasion is waited for. */
const AGAIN_AFTER_MS = [60_000, 10 * 60_000];

/** So many turns of one occasion may fail, or die with their process. */
export const MOST_TRIES = AGAIN_AFTER_MS.length + 1;

/**
 * What is written at the end of a turn. However many occasions were missed, the next one is in the future: after a time
 * without Reviver a job runs once. What was interrupted is due at once, for whoever is there.
 */
export function endingOf(
  came: Came,
  turn: Turn,
  { cron, timeZone, endedAt, durationMs }: { cron: string; timeZone: string; endedAt: Date; durationMs: number },
): Ending {
  const told = { job: turn.name, duration_ms: durationMs };
  if (came.outcome === 'interrupted')
    return { outcome: 'interrupted', detail: came.detail, durationMs, tries: turn.tries - 1, events: [] };
  const next = nextAfter(cron, timeZone, endedAt);
  if (came.outcome === 'succeeded') {
    const { result } = came;
    const events = [event('housekeeping.succeeded', { ...told, result })];
    return { outcome: 'succeeded', detail: result.summary, durationMs, nextAt: next, tries: 0, result, events };
  }
  const againAfterMs = AGAIN_AFTER_MS[turn.tries - 1];
  const again = againAfterMs === undefined ? next : new Date(endedAt.getTime() + againAfterMs);
  const retried = again < next;
  return {
    outcome: 'failed',
    detail: came.detail,
    durationMs,
    nextAt: retried ? again : next,
    tries: retried ? turn.tries : 0,
    events: [event('housekeeping.failed', { ...told, error: came.detail, try: turn.tries, last_try: !retried })],
  };
}

function event(kind: string, data: JsonObject) {
  return { kind, actor: 'reviver', data };
}
