import type { RecoveryState } from '../model/recovery.js';

/**
 * The legal moves of a recovery.
 *
 * SCHEDULED waits for a slot, its claims, or its next attempt. AWAITING_APPROVAL waits for people to decide on a digest.
 * IN_PROGRESS runs steps; it has an owner, or is about to be taken. AWAITING_MANUAL waits for a person to say what to
 * do about a step. ROLLING_BACK runs undo steps. The rest are ends, but a person may still roll back what a cancelled,
 * failed or successful recovery did.
 */
const LEGAL: Record<RecoveryState, readonly RecoveryState[]> = {
  SCHEDULED: ['IN_PROGRESS', 'AWAITING_APPROVAL', 'AWAITING_MANUAL', 'FAILED', 'CANCELLED'],
  AWAITING_APPROVAL: ['SCHEDULED', 'IN_PROGRESS', 'CANCELLED', 'AWAITING_APPROVAL'],
  IN_PROGRESS: [
    'SUCCEEDED',
    'FAILED',
    'ROLLING_BACK',
    'AWAITING_MANUAL',
    'AWAITING_APPROVAL',
    'SCHEDULED',
    'CANCELLED',
  ],
  AWAITING_MANUAL: ['SCHEDULED', 'IN_PROGRESS', 'ROLLING_BACK', 'CANCELLED'],
  ROLLING_BACK: ['ROLLED_BACK', 'FAILED', 'AWAITING_MANUAL', 'SCHEDULED'],
  SUCCEEDED: ['ROLLING_BACK'],
  FAILED: ['ROLLING_BACK'],
  CANCELLED: ['ROLLING_BACK'],
  ROLLED_BACK: [],
};

export function mayMove(from: RecoveryState, to: RecoveryState): boolean {
  return LEGAL[from].includes(to);
}

/** Throws on an illegal move: a defect of ours, never a person's mistake. */
export function assertMove(from: RecoveryState, to: RecoveryState): void {
  if (!mayMove(from, to)) throw new Error(`illegal move of a recovery: ${from} -> ${to}`);
}
