import { hasBegun } from './frontier.js';
import { type Move, moveTo, setRecovery } from './move.js';
import { cancelIdle } from './person-moves.js';
import { rollBack } from './settle.js';
import { mayMove } from './transitions.js';
import { type UndoOf, undoSteps } from './undo.js';

/** Outcome of a drill that somebody has ended before its time. */
export const DRILL_ABORTED = 'drill_aborted';

/**
 * Ends a recovery before its time, as `end` does it: cancelled, rejected, or expired. What was done stays until a person
 * rolls it back (D11). Only a drill goes back by itself, since what it broke was well.
 */
export function stop(
  m: Move,
  by: string,
  {
    undoOf,
    now,
    end = (given, at) => cancelIdle(given, by, at),
  }: { undoOf: UndoOf; now: Date; end?: (m: Move, now: Date) => Move },
): Move {
  // It refuses what cannot be ended.
  const ended = end(m, now);
  const { recovery, steps } = m.after;
  if (!recovery.plan.drill || !steps.some(hasBegun) || undoSteps(steps, undoOf).length === 0) return ended;
  const idle = mayMove(recovery.state, 'ROLLING_BACK') ? m : moveTo(m, 'CANCELLED', now);
  const why = ended.after.recovery.outcome?.message ?? by;
  const back = rollBack(idle, { code: DRILL_ABORTED, message: `the drill was ended: ${why}` }, undoOf, now, by);
  const free = setRecovery(back, { wakeAt: now, owner: null, endedAt: null, cancelBy: null });
  return ended.close === undefined ? free : { ...free, close: ended.close };
}
