import type { ActionCall } from '../model/plan.js';
import { type RecoveryStep, UNBEGUN } from '../model/recovery.js';
import { NO_RETRY } from '../model/retry-policy.js';

/** What an action says about undoing a step: pure, from its input and its before-state. */
export interface UndoCall extends ActionCall {
  timeoutMs: number;
  idempotent: boolean;
}

/** How the name of an undo step begins. */
export const UNDO_OF = 'Undo: ';

export type UndoOf = (step: RecoveryStep) => UndoCall | undefined;

/**
 * The undo steps for what was done so far: the failed step's partial effect first, then the finished steps in reverse
 * order, one after the other, each tried once (D10). Steps that never began, or have nothing to undo, give none.
 */
export function undoSteps(steps: readonly RecoveryStep[], undoOf: UndoOf): RecoveryStep[] {
  const touched = steps.filter((step) => step.kind === 'do' && hadEffect(step));
  const partial = touched.filter((step) => step.state !== 'succeeded');
  const finished = touched.filter((step) => step.state === 'succeeded');
  const order = [...partial.reverse(), ...finished.reverse()];
  const lastStage = Math.max(0, ...steps.map((step) => step.stage));
  const undone: RecoveryStep[] = [];
  for (const step of order) {
    const call = undoOf(step);
    if (!call) continue;
    const nth = undone.length + 1;
    undone.push(undoStep(step, call, steps.length + nth - 1, lastStage + nth));
  }
  return undone;
}

/**
 * A failed or unknown step, and one that waits for its next attempt, may have had a part of its effect; one that never
 * began had none, nor one that was refused at its only attempt, unless an earlier attempt of the recovery reached it. Of an aborted one the last attempt is known to have
 * had none, the ones before it are not.
 */
export function hadEffect(step: RecoveryStep): boolean {
  if (step.firstBefore !== null) return true;
  if (step.state === 'skipped' || step.startedAt === null) return false;
  if (step.attempts > 1 || step.interruptions > 0) return true;
  return step.state !== 'cancelled' && !step.error?.untouched;
}

function undoStep(of: RecoveryStep, call: UndoCall, position: number, stage: number): RecoveryStep {
  return {
    ...of,
    position,
    stage,
    kind: 'undo',
    undoes: of.position,
    id: `undo_${of.id}`,
    name: `${UNDO_OF}${of.name}`,
    action: call.action,
    input: call.input,
    risk: 0,
    timeoutMs: call.timeoutMs,
    retry: NO_RETRY,
    onFailure: 'stop',
    idempotent: call.idempotent,
    approval: 'never',
    when: null,
    verify: null,
    rollback: null,
    ...UNBEGUN,
    approvalId: null,
    interruptions: 0,
  };
}
