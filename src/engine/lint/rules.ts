import type { Rule } from './rule.js';
import { runbookCycle } from './rules/circle.js';
import { duplicateId } from './rules/ids.js';
import { badInput } from './rules/inputs.js';
import {
  unknownAction,
  unknownRunbook,
  unknownService,
  unmatchedService,
  unreachablePool,
} from './rules/known-things.js';
import { badCondition, badTemplate, unknownName, unusedParam } from './rules/names.js';
import { neverRuns } from './rules/never-runs.js';
import { noPlan } from './rules/no-plan.js';
import { badDefault } from './rules/params.js';
import { secret } from './rules/secret.js';
import { neverAsks, noRollback } from './rules/undo.js';
import { noVerify } from './rules/verify.js';
import { longerThanRecovery, unboundedWait, unsaidWait } from './rules/waits.js';

/** What lint looks for, one line a rule; docs/runbooks.md has the same table. */
export const RULES: readonly Rule[] = [
  duplicateId,
  unknownAction,
  badInput,
  unknownRunbook,
  runbookCycle,
  badTemplate,
  badCondition,
  unknownName,
  unreachablePool,
  unknownService,
  noRollback,
  noVerify,
  neverAsks,
  secret,
  unboundedWait,
  badDefault,
  unsaidWait,
  longerThanRecovery,
  neverRuns,
  unusedParam,
  unmatchedService,
];

/** Asked only where no other rule found an error: the planner stops at the first mistake, and knows no better words. */
export const LAST_RULE: Rule = noPlan;
