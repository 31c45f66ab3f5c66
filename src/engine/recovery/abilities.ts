import type { Action } from '../actions/action.js';
import type { PlannedStep } from '../model/plan.js';

/**
 * What a plan may come to use, as names: `stop_service@1` for a step, since another version means something else, and
 * `check_health` for what verifies or undoes one. What a worker has contains all of it, or the worker leaves it alone.
 */
export function needsOf(steps: readonly PlannedStep[]): string[] {
  const names = steps.flatMap(({ action, actionVersion, verify, rollback }) => [
    nameOf(action, actionVersion),
    ...(verify ? [verify.action] : []),
    ...(rollback ? [rollback.action] : []),
  ]);
  return [...new Set(names)].sort();
}

/** The names under which a worker's actions may be needed. */
export function abilitiesOf(actions: ReadonlyMap<string, Action>): string[] {
  return [...actions.values()].flatMap(({ name, version }) => [name, nameOf(name, version)]).sort();
}

/** For people: `stop_service (version 1)`. */
export function abilityInWords(name: string): string {
  return name.replace(/@(\d+)$/, ' (version $1)');
}

function nameOf(action: string, version: number): string {
  return `${action}@${version}`;
}
