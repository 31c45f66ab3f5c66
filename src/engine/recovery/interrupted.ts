import type { RecoveryStep } from '../model/recovery.js';
import type { AbortCode, OldProcesses, Resolution } from './attempt.js';
import { type Move, setStep } from './move.js';
import { cancelStep, fail, notDone, succeed, unknown } from './step-moves.js';

/** A step in which that many workers died is run again only when a person says so. */
const MOST_INTERRUPTIONS = 3;

/**
 * What becomes of a step that was stopped, or left by a dead worker, once reality was looked at (D4): done counts,
 * not done is run again, and so is an idempotent one whose old processes are proven gone; the rest is unknown.
 */
export function settleInterrupted(
  m: Move,
  step: RecoveryStep,
  found: Resolution,
  old: OldProcesses,
  code: AbortCode | undefined,
  now: Date,
): Move {
  const { position } = step;
  if (found.outcome === 'done') return succeed(m, position, found.result ?? {}, now, { probed: found.evidence });
  const interruptions = step.interruptions + (code === undefined ? 1 : 0);
  const counted = setStep(m, position, { interruptions });
  if (interruptions >= MOST_INTERRUPTIONS)
    return unknown(counted, position, `a worker died in it ${interruptions} times; ${found.evidence}`, now);
  // A wish to cancel that comes too late finds a rollback, which is not cancelled half way: its step is run again.
  const cancelled = code === 'cancelled' && step.kind === 'do';
  if (found.outcome === 'not_done')
    return cancelled ? cancelStep(counted, position, found.evidence, now) : notDone(counted, position, found.evidence);
  if (step.idempotent && old === 'gone' && !cancelled) return notDone(counted, position, found.evidence);
  return unknown(counted, position, found.evidence, now);
}

/** What becomes of a step whose action cannot say whether it took effect. */
export function settleDoubtful(m: Move, step: RecoveryStep, message: string, found: Resolution, now: Date): Move {
  const { position } = step;
  if (found.outcome === 'done') return succeed(m, position, found.result ?? {}, now, { probed: found.evidence });
  if (found.outcome === 'not_done' || step.idempotent) return fail(m, position, { code: 'in_doubt', message }, now);
  return unknown(m, position, `${message}; ${found.evidence}`, now);
}

/** What becomes of a step whose action does not stop: it may still act, so only an effect that is there is known. */
export function settleAbandoned(m: Move, step: RecoveryStep, found: Resolution, code: AbortCode, now: Date): Move {
  const { position } = step;
  if (found.outcome === 'done') return succeed(m, position, found.result ?? {}, now, { probed: found.evidence });
  return unknown(m, position, `told to stop (${code}), but it goes on; ${found.evidence}`, now);
}
