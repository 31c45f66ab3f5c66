import type { RecoveryStep } from '../model/recovery.js';

/** Of a step that was not begun, because the rules that are here now are not those that are pinned. */
export const CONSTITUTION_BROKEN = 'constitution_broken';

/** Why a step was refused, or out of time: nothing that its own `on_failure`, or another attempt, could change. */
const FINAL = new Set(['recovery_timeout', 'tampered', 'constitution', CONSTITUTION_BROKEN, 'target_changed']);

/** True when the recovery must not go on past this failure, and must not begin anew either. */
export function isFinal(step: Pick<RecoveryStep, 'error'>): boolean {
  return step.error !== null && FINAL.has(step.error.code);
}
