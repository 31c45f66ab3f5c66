import type { Action } from '../actions/action.js';
import { findAction, parseShortStep } from '../actions/short-step.js';
import type { Runbook } from './runbook.js';

/**
 * What can be known of a runbook before anybody needs it: that its actions exist. Inputs that hold templates are checked
 * when a plan is made.
 */
export function checkRunbooks(runbooks: readonly Runbook[], actions: ReadonlyMap<string, Action>): void {
  for (const { id, steps } of runbooks)
    for (const [index, step] of steps.entries()) {
      const where = `runbook ${id}, steps[${index}]`;
      if (typeof step === 'string') parseShortStep(step, actions, where);
      else {
        findAction(step.action, actions, where);
        if (step.verify) findAction(step.verify.action, actions, `${where}.verify`);
        if (step.rollback && step.rollback !== 'none') findAction(step.rollback.action, actions, `${where}.rollback`);
      }
    }
}
