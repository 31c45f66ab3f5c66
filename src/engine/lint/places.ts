import type { PlannedStep } from '../model/plan.js';
import type { LintStep } from './steps.js';

/** Id of a planned step to the path at which it is written; what the planner added has none. */
export type Places = ReadonlyMap<string, readonly PropertyKey[]>;

/** Both are in the order of the runbook; a snapshot, and what a sub_runbook brings in, stand where they are asked for. */
export function placesOf(written: readonly LintStep[], planned: readonly PlannedStep[]): Places {
  const places = new Map<string, readonly PropertyKey[]>();
  const left = [...planned];
  const take = (path: readonly PropertyKey[]): void => {
    const next = left.shift();
    if (next) places.set(next.id, path);
  };
  for (const { path, long, call, subRunbook } of written) {
    if (subRunbook !== undefined) while (left[0]?.scope) take(path);
    if (!call) continue;
    if (long?.snapshot) take(path);
    take(path);
  }
  return places;
}
