import type { Outcome, RecoveryState, RecoveryStep } from '../model/recovery.js';
import { recoveryName, UNBEGUN } from '../model/recovery.js';
import { afterFailure } from '../model/retry-policy.js';
import { CONSTITUTION_BROKEN, isFinal } from './final-failures.js';
import { direction, ended, frontier } from './frontier.js';
import { activeMs, effect, event, type Move, moveTo, setRecovery, setSteps } from './move.js';
import { hadEffect, UNDO_OF, type UndoOf, undoSteps } from './undo.js';

/**
 * Draws the consequence of the steps' states for the recovery: it goes on, waits for a person, rolls back, or ends.
 * Called after every outcome, never while a step runs.
 */
export function settle(m: Move, undoOf: UndoOf, now: Date): Move {
  const { steps } = m.after;
  const open = frontier(steps);
  const kind = direction(steps);
  if (steps.some((step) => step.kind === kind && step.state === 'running')) return m;
  if (open.length === 0) return kind === 'undo' ? rolledBack(m, now) : succeeded(m, now);
  const unknown = open.find((step) => step.state === 'unknown');
  if (unknown && kind === 'do' && isDrill(m))
    return rollBack(m, { code: 'step_failed', message: because(unknown) }, undoOf, now);
  if (unknown) return awaitPerson(m, unknown, 'unknown_outcome', now);
  const failed = open.find((step) => step.state === 'failed');
  if (!failed) return m;
  if (failed.retry.strategy === 'manual' && !isFinal(failed) && !(kind === 'do' && isDrill(m)))
    return awaitPerson(m, failed, 'manual', now);
  const held = failed.error?.code === CONSTITUTION_BROKEN ? heldBack(m, failed, undoOf, now) : undefined;
  if (held) return held;
  if (kind === 'undo') return failedWith(m, { code: 'rollback_failed', message: because(failed) }, now);
  if (failed.onFailure === 'stop') return failedWith(m, { code: 'step_failed', message: because(failed) }, now);
  return rollBack(m, { code: 'step_failed', message: because(failed) }, undoOf, now);
}

/** Adds the undo steps and turns round; FAILED at once when there is nothing to undo. */
export function rollBack(m: Move, why: Outcome, undoOf: UndoOf, now: Date, actor = 'reviver'): Move {
  const undo = undoSteps(m.after.steps, undoOf);
  const noted = setRecovery(m, { outcome: why });
  if (undo.length === 0) return failedWith(noted, why, now);
  const turned = moveTo(setSteps(noted, [...m.after.steps, ...undo]), 'ROLLING_BACK', now);
  return event(turned, 'recovery.rolling_back', actor, { reason: why.message, steps: undo.length });
}

function succeeded(m: Move, now: Date): Move {
  const { id, incidentId, unverified } = m.after.recovery;
  const ended = end(m, 'SUCCEEDED', { code: unverified ? 'unverified' : 'verified', message: '' }, now);
  if (incidentId === null || unverified) return ended;
  return effect(ended, {
    key: `incident-resolved:${incidentId}:${recoveryName(id)}`,
    kind: 'incident.resolve',
    payload: { incident: incidentId, recovery: id },
  });
}

function rolledBack(m: Move, now: Date): Move {
  const failed = m.after.steps.find((step) => step.kind === 'do' && step.state === 'failed');
  const why = m.after.recovery.outcome ?? { code: 'rolled_back', message: failed ? because(failed) : '' };
  const again = why.code === 'step_failed' ? tryAgain(m, now) : undefined;
  if (again) return again;
  const ended = end(m, 'ROLLED_BACK', why, now);
  // Undone, and as ill as before: what people asked for themselves they know. What a drill broke runs again.
  return why.code === 'step_failed' && !isDrill(m) ? escalate(ended, codeOf(m, why), why.message) : ended;
}

/** Nobody is waited for while something lies broken that was well, and nobody is called for what is whole again. */
function isDrill(m: Move): boolean {
  return m.after.recovery.plan.drill === true;
}

/** A rule that no plan may break was about to be, or somebody edited what is stored: that is no failure like others. */
function codeOf(m: Move, why: Outcome): string {
  const grave = ['constitution', CONSTITUTION_BROKEN, 'tampered'].find((code) =>
    m.after.steps.some(({ error }) => error?.code === code),
  );
  return grave ?? why.code;
}

function failedWith(m: Move, why: Outcome, now: Date): Move {
  const again = why.code === 'step_failed' ? tryAgain(m, now) : undefined;
  if (again) return again;
  return escalate(end(m, 'FAILED', why, now), codeOf(m, why), why.message);
}

function end(m: Move, state: RecoveryState, outcome: Outcome, now: Date): Move {
  const ended = setRecovery(moveTo(m, state, now), { outcome, endedAt: now, wakeAt: null, nextAttemptAt: null });
  const { recovery } = ended.after;
  return event(ended, `recovery.${state.toLowerCase()}`, 'reviver', {
    code: outcome.code,
    reason: outcome.message,
    attempts: recovery.attempts,
    duration_ms: recovery.startedAt ? now.getTime() - recovery.startedAt.getTime() : 0,
    active_ms: activeMs(recovery, now),
    strategy: recovery.plan.kind === 'strategy' ? recovery.plan.name : undefined,
  });
}

/**
 * The recovery's own retry (D12): only for a step that had no retries of its own, so that budgets never multiply, and
 * only while the recovery's attempts last. The next attempt begins from the first step.
 */
function tryAgain(m: Move, now: Date): Move | undefined {
  const { recovery, steps } = m.after;
  const failed = steps.find((step) => step.kind === 'do' && step.state === 'failed' && !ended(step));
  if (!failed || failed.retry.maxRetryAttempts > 1 || isFinal(failed)) return undefined;
  const next = afterFailure(recovery.retry, recovery.attempts);
  if (next.next !== 'retry') return undefined;
  const at = new Date(now.getTime() + next.delayMs);
  const undone = new Set(steps.map(({ undoes }) => undoes));
  const fresh = steps.filter((step) => step.kind === 'do').map((step) => unbegun(step, undone.has(step.position)));
  const waiting = setRecovery(moveTo(setSteps(m, fresh), 'SCHEDULED', now), { wakeAt: at, nextAttemptAt: at });
  return event(waiting, 'recovery.retry_scheduled', 'reviver', {
    attempt: recovery.attempts,
    of: recovery.retry.maxRetryAttempts,
    delay_ms: next.delayMs,
    reason: because(failed),
  });
}

/** An effect of this attempt that was not undone is undone in the end. */
function unbegun(step: RecoveryStep, undone: boolean): RecoveryStep {
  return { ...step, ...UNBEGUN, firstBefore: undone ? null : (step.firstBefore ?? step.before) };
}

function awaitPerson(m: Move, step: RecoveryStep, code: string, now: Date, reason = because(step)): Move {
  const waiting = setRecovery(moveTo(m, 'AWAITING_MANUAL', now), { outcome: { code, message: reason } });
  const told = event(waiting, 'recovery.awaiting_manual', 'reviver', { code, step: step.position, reason });
  return escalate(told, code, reason);
}

/**
 * Nothing is begun under rules that are not pinned, not even what undoes. What lies half done waits for a person instead
 * of failing, so that it goes on, or back, as soon as the rules hold again; and it says what that is.
 */
function heldBack(m: Move, step: RecoveryStep, undoOf: UndoOf, now: Date): Move | undefined {
  const { steps } = m.after;
  const open = steps.filter((one) => one.kind === 'undo' && !ended(one)).map(({ name }) => name.slice(UNDO_OF.length));
  const done = steps.filter((one) => one.kind === 'do' && hadEffect(one)).map(({ name }) => name);
  if (open.length + done.length === 0) return undefined;
  const undoable = undoSteps(steps, undoOf).length > 0 ? ', Roll back undoes it' : '';
  const rest =
    open.length > 0
      ? `Not undone yet: ${open.join(', ')}. Then Retry goes on with that; Mark done says that you have done it by hand`
      : `Done so far: ${done.join(', ')}. Then Retry goes on${undoable}`;
  return awaitPerson(m, step, CONSTITUTION_BROKEN, now, `${because(step)}. ${rest}`);
}

/** Asks for people beyond the channel; the escalation policy decides who and when. */
export function escalate(m: Move, code: string, reason: string, by = 'reviver'): Move {
  const { id, service, version } = m.after.recovery;
  const told = event(m, 'recovery.escalated', by, { code, reason });
  return effect(told, {
    key: `escalation:${recoveryName(id)}:${code}:${version}`,
    kind: 'escalation',
    payload: { recovery: id, service, code, reason, by },
  });
}

/** `Step 3 "Start redis" failed 3 times: connection refused` */
export function because(step: RecoveryStep): string {
  if (step.state === 'unknown')
    return `Step ${step.position + 1} "${step.name}": ${step.error?.message ?? 'outcome unknown'}`;
  if (step.error?.code === CONSTITUTION_BROKEN)
    return `Step ${step.position + 1} "${step.name}" was not begun: ${step.error.message}`;
  const times = step.attempts > 1 ? ` ${step.attempts} times` : '';
  return `Step ${step.position + 1} "${step.name}" failed${times}: ${step.error?.message ?? 'no reason given'}`;
}
