import type { Action } from '../actions/action.js';
import { parseShortStep } from '../actions/short-step.js';
import { membersOf, parallelOf } from '../planner/compose.js';
import type { RunbookStep } from '../planner/runbook.js';

/** A call as it is written, and where its input stands. */
export interface WrittenCall {
  action: string;
  input: object;
  path: readonly PropertyKey[];
}

/** Every call of some steps: what they do, what checks it and what undoes it, also within `parallel`. */
export function callsOf(
  steps: readonly RunbookStep[],
  actions: ReadonlyMap<string, Action>,
  path: readonly PropertyKey[],
): WrittenCall[] {
  return steps.flatMap((step, index) => callsOfStep(step, actions, [...path, index]));
}

function callsOfStep(
  step: RunbookStep,
  actions: ReadonlyMap<string, Action>,
  path: readonly PropertyKey[],
): WrittenCall[] {
  const group = parallelOf(step);
  if (group) return callsOf(membersOf(group, path.join('.')), actions, [...path, 'with', 'steps']);
  if (typeof step === 'string') {
    const [name = ''] = step.split(':');
    return actions.has(name.trim()) ? [{ ...parseShortStep(step, actions), path }] : [];
  }
  const { action, with: input, verify, rollback } = step;
  return [
    { action, input, path: [...path, 'with'] },
    ...(verify ? [{ action: verify.action, input: verify.with, path: [...path, 'verify', 'with'] }] : []),
    ...(typeof rollback === 'object'
      ? [{ action: rollback.action, input: rollback.with, path: [...path, 'rollback', 'with'] }]
      : []),
  ];
}
