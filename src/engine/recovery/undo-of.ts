import type { Action } from '../actions/action.js';
import type { UndoOf } from './undo.js';

/** What undoes a step: its author's rollback, else the action's own inverse, else nothing. */
export function createUndoOf(actions: ReadonlyMap<string, Action>): UndoOf {
  return (step) => {
    const before = step.firstBefore ?? step.before ?? {};
    const call = step.rollback === 'inverse' ? actions.get(step.action)?.inverse?.(step.input, before) : step.rollback;
    const action = call && actions.get(call.action);
    return call && action ? { ...call, timeoutMs: action.timeoutMs, idempotent: action.idempotent } : undefined;
  };
}
