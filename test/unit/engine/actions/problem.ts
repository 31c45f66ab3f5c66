import { createActions } from '../../../../src/engine/actions/actions.js';
import { parseInput } from '../../../../src/engine/actions/parse-input.js';
import { InvalidInput } from '../../../../src/engine/model/errors.js';

const actions = createActions();

export const LIST =
  'a list [program, argument, ...]: commands are run without a shell, so a text would have to be split by guessing';

/** What people read of an action's input, or `accepted`. */
export function problem(name: string, raw: unknown): string {
  const action = actions.get(name);
  if (!action) throw new Error(`no action ${name}`);
  try {
    parseInput(action, raw, 'outage.steps[0]');
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  return 'accepted';
}
