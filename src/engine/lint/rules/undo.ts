import { RISKY } from '../../planner/risk.js';
import type { Rule } from '../rule.js';
import type { LintStep } from '../steps.js';

export const noRollback: Rule = {
  id: 'no-rollback',
  severity: 'error',
  why: 'When a later step fails, what a risky step did would stay, and nobody has said that it may.',
  fix: 'Give it a rollback, or declare it irreversible: "rollback: none".',
  find: ({ steps }) =>
    steps.flatMap((step) =>
      isRisky(step) && step.rollback === undefined && !undoesItself(step)
        ? [{ path: step.path, says: `${step.title} has a risk of ${step.call?.risk}, and nothing undoes it` }]
        : [],
    ),
};

export const neverAsks: Rule = {
  id: 'never-asks',
  severity: 'error',
  why: '"approval: never" on a step that can destroy reads as if nobody needed to know.',
  fix: 'Write "approval: always", or leave it to the rules.',
  find: ({ steps }) =>
    steps.flatMap(({ long, call, path, title }) =>
      long?.approval === 'never' && (call?.risk ?? 0) >= HIGH
        ? [{ path: [...path, 'approval'], says: `${title} has a risk of ${call?.risk}, and says that nobody is asked` }]
        : [],
    ),
};

/** From here on the default rules ask two people. */
const HIGH = 0.7;

function isRisky({ call }: LintStep): boolean {
  return call?.risk !== undefined && call.risk >= RISKY;
}

/** The action's own inverse, where it has one for this very input. */
function undoesItself({ call }: LintStep): boolean {
  const { action, input } = call ?? {};
  if (!action?.inverse) return false;
  // Without an example of what was there before, or without the input, its author is believed.
  if (!action.imagine || !input) return true;
  return action.inverse(input, action.imagine(input)) !== undefined;
}
