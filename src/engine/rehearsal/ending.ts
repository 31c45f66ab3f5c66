import type { RecoveryState, RecoveryStep, Snapshot } from '../model/recovery.js';
import { type UndoOf, undoSteps } from '../recovery/undo.js';
import { type Fault, isRisky } from './fault.js';
import type { Effects } from './stand-ins.js';

/** How a rehearsal ended. Steps go by the ids that the plan gives them. */
export interface Ending {
  fault: Fault;
  state: RecoveryState;
  /** What was undone, in this order. */
  undone: string[];
  /** Effects that are still there, that somebody should know of, and that nobody declared irreversible. */
  left: string[];
  /** Effects that are still there and were declared irreversible (`rollback: none`). */
  kept: string[];
  /** Where a person is asked: what the button Roll back would undo, in this order. */
  offered: string[];
}

export function endingOf({ recovery, steps }: Snapshot, fault: Fault, effects: Effects, undoOf: UndoOf): Ending {
  const { state } = recovery;
  const idAt = (position: number | null) => steps.find((step) => step.position === position)?.id ?? '';
  const idsOf = (found: readonly RecoveryStep[]) => found.map(({ undoes, position }) => idAt(undoes ?? position));
  const there = steps.filter(({ kind, position }) => kind === 'do' && effects.get(position)?.there);
  const ended = state !== 'SUCCEEDED' && state !== 'AWAITING_MANUAL';
  return {
    fault,
    state,
    undone: idsOf(steps.filter((step) => step.kind === 'undo' && step.state === 'succeeded')),
    left: ended ? idsOf(there.filter((step) => step.rollback !== null && matters(step, effects))) : [],
    kept: ended ? idsOf(there.filter((step) => step.rollback === null)) : [],
    offered: state === 'AWAITING_MANUAL' ? idsOf(undoSteps(steps, undoOf)) : [],
  };
}

/** What is risky, and what could have been undone: a message that was sent is neither. */
function matters(step: RecoveryStep, effects: Effects): boolean {
  return isRisky(step) || effects.get(step.position)?.undoable === true;
}
