import type { Misfit } from '../model/because.js';
import { UserError } from '../model/errors.js';
import type { Recovery, RecoveryStep, Snapshot } from '../model/recovery.js';
import { isTerminal, recoveryName } from '../model/recovery.js';
import { redact } from '../model/redact.js';
import type { WorkerIdentity } from '../ports.js';
import { direction, ended, hasBegun } from './frontier.js';
import { acquire } from './lease-moves.js';
import { effect, event, type Move, move, moveTo, setRecovery, setStep } from './move.js';
import { escalate, rollBack } from './settle.js';
import { unknown } from './step-moves.js';
import { type UndoOf, undoSteps } from './undo.js';

/**
 * What people may do with a recovery that no worker holds. Each refuses with a sentence for that person, and changes
 * nothing then.
 */

/** Outcome of a recovery whose place another one takes, with the plan as it is now. */
export const PLAN_CHANGED = 'plan_changed';

/** Runs the failed or unknown step again; begins a recovery that waits for a person before its first step. */
export function retry(m: Move, by: string, now: Date): Move {
  const { recovery } = m.after;
  refuseUnless(
    recovery.state === 'AWAITING_MANUAL',
    recovery,
    'is not waiting for a person, so there is nothing to retry',
  );
  const stuck = stuckSteps(m.after.steps);
  const again = stuck.reduce(
    (moved, step) =>
      setStep(moved, step.position, { state: 'pending', attempts: 0, interruptions: 0, endedAt: null, error: null }),
    m,
  );
  return event(resume(again, now), 'recovery.retried', by, { steps: stuck.map((step) => step.position) });
}

/** The number under which people know a step; an undo step has that of the step that it undoes. */
export function numberOf({ undoes, position }: RecoveryStep): number {
  return (undoes ?? position) + 1;
}

/** A person has looked and says that the step's effect is there. */
export function markDone(m: Move, by: string, now: Date): Move {
  const { recovery } = m.after;
  const stuck = markable(m.after.steps);
  refuseUnless(
    recovery.state === 'AWAITING_MANUAL' && stuck.length > 0,
    recovery,
    'has no step that waits to be marked done',
  );
  const done = stuck.reduce(
    (moved, step) =>
      setStep(moved, step.position, {
        state: 'succeeded',
        endedAt: now,
        error: null,
        result: { summary: `marked done by ${by}` },
      }),
    m,
  );
  return event(resume(done, now), 'recovery.marked_done', by, { steps: stuck.map((step) => step.position) });
}

/** Undoes what was done; also after the end, as long as there is something to undo. */
export function rollBackBy(m: Move, by: string, undoOf: UndoOf, now: Date): Move {
  const { recovery, steps } = m.after;
  const over = isTerminal(recovery.state);
  const turned = over ? 'was rolled back already, and nothing is undone twice' : 'is rolling back already';
  refuseUnless(direction(steps) === 'do', recovery, turned);
  refuseUnless(recovery.state === 'AWAITING_MANUAL' || over, recovery, 'cannot be rolled back now; cancel it first');
  refuseUnless(undoSteps(steps, undoOf).length > 0, recovery, 'did nothing that could be undone');
  const back = rollBack(m, { code: 'rolled_back_by', message: `rolled back by ${by}` }, undoOf, now, by);
  return setRecovery(back, { wakeAt: now, owner: null, endedAt: null, cancelBy: null });
}

/** One that waits for its next attempt does not wait any longer; any other one stays as it is. */
export function hasten(m: Move, by: string, now: Date): Move {
  if (m.after.recovery.state !== 'SCHEDULED' || m.after.recovery.nextAttemptAt === null) return m;
  return event(setRecovery(m, { wakeAt: now, nextAttemptAt: null }), 'recovery.hastened', by);
}

/** Stops before the next step; a running recovery is stopped by its owner (D11). */
export function cancelIdle(m: Move, by: string, now: Date, code = 'cancelled'): Move {
  const { recovery } = m.after;
  refuseUnless(!isTerminal(recovery.state), recovery, 'has ended already');
  refuseUnless(
    recovery.state !== 'ROLLING_BACK' && direction(m.after.steps) === 'do',
    recovery,
    'is rolling back; that is not cancelled half way',
  );
  const message = code === 'cancelled' ? `cancelled by ${by}` : by;
  const ended = setRecovery(moveTo(m, 'CANCELLED', now), {
    endedAt: now,
    wakeAt: null,
    nextAttemptAt: null,
    outcome: { code, message },
  });
  const done = m.after.steps.filter((step) => step.state === 'succeeded').map((step) => step.name);
  return {
    ...event(ended, 'recovery.cancelled', code === 'cancelled' ? by : 'reviver', { code, done }),
    close: 'superseded',
  };
}

/** Before anything ran the plan turned out to be out of date: it ends, and the same request is planned and asked anew. */
export function askAnew(m: Move, changed: string, now: Date): Move {
  const ended = cancelIdle(m, `the plan changed: ${changed}`, now, PLAN_CHANGED);
  const { id, version } = m.after.recovery;
  return effect(ended, { key: `replan:${id}:${version}`, kind: 'recovery.replan', payload: { recovery: id, changed } });
}

/** Nobody decided in time, or what was decided was not used in time: cancelled, and people are called once. */
export function expireApproval(m: Move, now: Date): Move {
  const waited = m.after.recovery.state === 'AWAITING_APPROVAL';
  const why = waited ? 'nobody decided in time' : 'it was approved, but could not start in time';
  const ended = cancelIdle(m, why, now, 'approval_expired');
  // A drill that nobody wants is no reason to call people.
  return { ...(m.after.recovery.plan.drill ? ended : escalate(ended, 'approval_expired', why)), close: 'expired' };
}

/** Something that should not have happened did: steps under way are unknown, and a person says how it goes on. */
export function giveToPerson(snapshot: Snapshot, worker: WorkerIdentity, defect: string, now: Date): Move {
  const message = redact(defect);
  const held = snapshot.recovery.owner === worker.id ? move(snapshot) : acquire(move(snapshot), worker, now);
  const stopped = snapshot.steps
    .filter((step) => step.state === 'running')
    .reduce((m, step) => unknown(m, step.position, `internal error: ${message}`, now), held);
  const outcome = { code: 'internal_error', message };
  const waiting = setRecovery(moveTo(stopped, 'AWAITING_MANUAL', now), { outcome });
  const told = event(waiting, 'recovery.awaiting_manual', 'reviver', { code: outcome.code, reason: message });
  return escalate(told, outcome.code, message);
}

export function escalateBy(m: Move, by: string): Move {
  return escalate(m, 'asked_by_person', `${by} asks for help`, by);
}

function resume(m: Move, now: Date): Move {
  const { recovery, steps } = m.after;
  const state = direction(steps) === 'undo' ? 'ROLLING_BACK' : recovery.startedAt ? 'IN_PROGRESS' : 'SCHEDULED';
  return setRecovery(moveTo(m, state, now), { wakeAt: now, outcome: null });
}

/** What a person is waited for, in the direction that counts. */
export function stuckSteps(steps: readonly RecoveryStep[]): RecoveryStep[] {
  const kind = direction(steps);
  return steps.filter(
    (step) => step.kind === kind && !ended(step) && (step.state === 'unknown' || step.state === 'failed'),
  );
}

/**
 * Of the stuck ones, those whose effect a person may vouch for. A step that was never begun is not among them: nobody
 * looked at its target before, so that it could not be undone.
 */
export function markable(steps: readonly RecoveryStep[]): RecoveryStep[] {
  return stuckSteps(steps).filter((step) => step.kind === 'undo' || hasBegun(step));
}

function refuseUnless(holds: boolean, recovery: Recovery, misfit: Misfit): void {
  if (holds) return;
  const { state } = recovery;
  const name = recoveryName(recovery.id);
  throw new UserError(
    'conflict',
    `${name} ${misfit}. It is ${state}.`,
    { state },
    { kind: 'misfit', recovery: name, misfit, state },
  );
}
