import type { RecoveryStep } from '../model/recovery.js';
import type { AbortCode, OldProcesses, Resolution } from './attempt.js';
import type { Move } from './move.js';
import { cancelStep, notDone, succeed, unknown } from './step-moves.js';

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
  // A wish to cancel that comes too late finds a rollback, which is not cancelled half way: its step is run again.
  const cancelled = code === 'cancelled' && step.kind === 'do';
  if (found.outcome === 'done') return succeed(m, position, found.result ?? {}, now, { probed: found.evidence });
  if (found.outcome === 'not_done')
    return cancelled ? cancelStep(m, position, found.evidence, now) : notDone(m, position, found.evidence);
  if (step.idempotent && old === 'gone' && !cancelled) return notDone(m, position, found.evidence);
  return unknown(m, position, found.evidence, now);
}

/** What becomes of a step whose action does not stop: it may still act, so only an effect that is there is known. */
export function settleAbandoned(m: Move, step: RecoveryStep, found: Resolution, code: AbortCode, now: Date): Move {
  const { position } = step;
  if (found.outcome === 'done') return succeed(m, position, found.result ?? {}, now, { probed: found.evidence });
  return unknown(m, position, `told to stop (${code}), but it goes on; ${found.evidence}`, now);
}
