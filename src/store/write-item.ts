import { isTerminal, type Recovery, type RecoveryStep } from '../engine/model/recovery.js';
import type { Write } from '../engine/ports.js';

/** One element of the array that the hot statements take. */
export interface WriteItem {
  [column: string]: unknown;
  id: number;
}

const PLAN_STATUS: Partial<Record<Recovery['state'], string>> = {
  IN_PROGRESS: 'running',
  SUCCEEDED: 'completed',
  FAILED: 'failed',
  ROLLED_BACK: 'failed',
  CANCELLED: 'failed',
};

export function holdsSlot(state: Recovery['state']): boolean {
  return state === 'IN_PROGRESS' || state === 'ROLLING_BACK';
}

/** The difference between two snapshots, as the statement wants it: only steps that changed are sent. */
export function writeItem({ before, after, events, effects }: Write): WriteItem {
  const { recovery } = after;
  const moved = before.recovery.state !== recovery.state;
  return {
    id: recovery.id,
    epoch: before.recovery.epoch,
    revision: before.recovery.revision,
    new_epoch: recovery.epoch,
    state: recovery.state,
    pool: recovery.pool,
    owner: recovery.owner,
    wake_at: recovery.wakeAt,
    attempts: recovery.attempts,
    next_attempt_at: recovery.nextAttemptAt,
    active_ms: recovery.activeMs,
    active_since: recovery.activeSince,
    approval_id: recovery.approvalId,
    outcome: recovery.outcome,
    started_at: recovery.startedAt,
    ended_at: recovery.endedAt,
    steps: changedSteps(before.steps, after.steps).map(stepColumns),
    events,
    effects,
    frees: moved && !holdsSlot(recovery.state),
    ends: moved && isTerminal(recovery.state),
    status: moved ? PLAN_STATUS[recovery.state] : undefined,
  };
}

function changedSteps(before: RecoveryStep[], after: RecoveryStep[]): RecoveryStep[] {
  if (before === after) return [];
  const was = new Map(before.map((step) => [step.position, step]));
  return after.filter((step) => was.has(step.position) && was.get(step.position) !== step);
}

export function addedSteps({ before, after }: Write): RecoveryStep[] {
  if (before.steps === after.steps) return [];
  const had = new Set(before.steps.map((step) => step.position));
  return after.steps.filter((step) => !had.has(step.position));
}

export function removedPositions({ before, after }: Write): number[] {
  if (before.steps === after.steps) return [];
  const has = new Set(after.steps.map((step) => step.position));
  return before.steps.filter((step) => !has.has(step.position)).map((step) => step.position);
}

function stepColumns(step: RecoveryStep): object {
  return {
    position: step.position,
    state: step.state,
    attempts: step.attempts,
    started_at: step.startedAt,
    ended_at: step.endedAt,
    next_attempt_at: step.nextAttemptAt,
    before: step.before,
    first_before: step.firstBefore,
    result: step.result,
    error: step.error,
    approval_id: step.approvalId,
    interruptions: step.interruptions,
  };
}
