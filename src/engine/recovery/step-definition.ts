import type { PlannedStep } from '../model/plan.js';
import type { RecoveryStep } from '../model/recovery.js';

/** What of a step never changes. */
export type StepDefinition = Omit<
  RecoveryStep,
  | 'position'
  | 'state'
  | 'attempts'
  | 'startedAt'
  | 'endedAt'
  | 'nextAttemptAt'
  | 'before'
  | 'firstBefore'
  | 'result'
  | 'error'
  | 'approvalId'
  | 'interruptions'
> & { actionVersion?: number };

export function toDefinition(step: PlannedStep): StepDefinition {
  const { when = null, verify = null, rollback, ...rest } = step;
  return { ...rest, kind: 'do', undoes: null, when, verify, rollback: rollback === undefined ? 'inverse' : rollback };
}
