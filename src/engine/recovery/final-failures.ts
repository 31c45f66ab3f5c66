import type { RecoveryStep } from '../model/recovery.js';

/** Why a step was refused, or out of time: nothing that its own `on_failure`, or another attempt, could change. */
const FINAL = new Set(['recovery_timeout', 'tampered', 'constitution', 'target_changed']);

/** True when the recovery must not go on past this failure, and must not begin anew either. */
export function isFinal(step: Pick<RecoveryStep, 'error'>): boolean {
  return step.error !== null && FINAL.has(step.error.code);
}
