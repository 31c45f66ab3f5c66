import type { Action } from '../actions/action.js';
import { findAction, parseShortStep } from '../actions/short-step.js';
import { InvalidInput } from '../model/errors.js';
import { membersOf, parallelOf, refuseKeys, subRunbookOf } from './compose.js';
import { nearest } from './nearest.js';
import type { LongStep, Runbook, RunbookStep } from './runbook.js';

/**
 * What can be known of a runbook before anybody needs it: that its actions exist. Inputs that hold templates are checked
 * when a plan is made.
 */
export function checkRunbooks(runbooks: readonly Runbook[], actions: ReadonlyMap<string, Action>): void {
  const ids = runbooks.map(({ id }) => id);
  for (const { id, steps } of runbooks) checkSteps(steps, `runbook ${id}, `, { actions, ids });
}

export interface Known {
  actions: ReadonlyMap<string, Action>;
  ids: readonly string[];
}

/** @param where begins the name of a step in errors: `runbook redis_outage, ` */
export function checkSteps(steps: readonly RunbookStep[], where: string, known: Known): void {
  for (const [index, step] of steps.entries()) checkStep(step, `${where}steps[${index}]`, known);
}

function checkStep(step: RunbookStep, where: string, known: Known): void {
  refuseKeys(step, where);
  const group = parallelOf(step);
  const runbook = subRunbookOf(step);
  if (group) checkSteps(membersOf(group, where), `${where}.`, known);
  else if (runbook !== undefined) checkRunbook(runbook, where, known.ids);
  else if (typeof step === 'string') parseShortStep(step, known.actions, where);
  else checkLong(step, where, known);
}

function checkLong(step: LongStep, where: string, known: Known): void {
  findAction(step.action, known.actions, where);
  if (step.verify) findAction(step.verify.action, known.actions, `${where}.verify`);
  if (step.rollback && step.rollback !== 'none') findAction(step.rollback.action, known.actions, `${where}.rollback`);
}

/** A name with a template in it is known only when a plan is made. */
function checkRunbook(runbook: unknown, where: string, ids: readonly string[]): void {
  if (typeof runbook !== 'string') throw new InvalidInput(`${where}.with.runbook`, runbook, 'the id of a runbook');
  if (runbook.includes('{{') || ids.includes(runbook)) return;
  const guess = nearest(runbook, ids);
  throw new InvalidInput(`${where}.with.runbook`, runbook, guess ? `${guess}?` : `one of ${ids.join(', ')}`);
}
