import { InvalidInput } from '../model/errors.js';
import type { ActionCall } from '../model/plan.js';
import { nearest } from '../planner/nearest.js';
import type { Action } from './action.js';

/** `stop_service: redis` as a call. What it says is not checked yet: `parseInput` does that for both forms. */
export function parseShortStep(text: string, actions: ReadonlyMap<string, Action>, where = 'step'): ActionCall {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  const value = colon < 0 ? '' : text.slice(colon + 1).trim();
  const action = findAction(name, actions, where);
  if (value === '') return { action: name, input: {} };
  if (!action.shorthand)
    throw new InvalidInput(where, text, `the long form: ${name} has no short one (action: ${name}, with: ...)`);
  return { action: name, input: { [action.shorthand]: value } };
}

export function findAction(name: string, actions: ReadonlyMap<string, Action>, where: string): Action {
  const action = actions.get(name);
  if (action) return action;
  const names = [...actions.keys()];
  const guess = nearest(name, names);
  throw new InvalidInput(where, name, `an action: ${guess ? `did you mean ${guess}? Known: ` : ''}${names.join(', ')}`);
}
