import type { RecoveryStep } from '../model/recovery.js';
import { isFinal } from './final-failures.js';

const ENDED = new Set(['succeeded', 'skipped', 'cancelled']);

/** True when nothing more will be done about this step in its direction. */
export function ended(step: RecoveryStep): boolean {
  return ENDED.has(step.state) || (step.state === 'failed' && step.onFailure === 'continue' && !isFinal(step));
}

/** Rolling back is running the undo steps: from the first of them on, they are what counts. */
export function direction(steps: readonly RecoveryStep[]): 'do' | 'undo' {
  return steps.some((step) => step.kind === 'undo') ? 'undo' : 'do';
}

/**
 * The steps that are next: all unfinished ones of the lowest stage that has any. Empty when the direction is done.
 * A running, failed or unknown step stays in the frontier, so nothing behind it can begin.
 */
export function frontier(steps: readonly RecoveryStep[]): RecoveryStep[] {
  const kind = direction(steps);
  const open = steps.filter((step) => step.kind === kind && !ended(step));
  const stage = Math.min(...open.map((step) => step.stage));
  return open.filter((step) => step.stage === stage);
}

/** A person's Retry gives a step its attempts back; that it began before is not forgotten. */
export function hasBegun(step: RecoveryStep): boolean {
  return step.startedAt !== null;
}
