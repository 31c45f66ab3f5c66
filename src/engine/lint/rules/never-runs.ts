import { UserError } from '../../model/errors.js';
import { holds } from '../../planner/expressions.js';
import type { Found, Rule } from '../rule.js';

export const neverRuns: Rule = {
  id: 'never-runs',
  severity: 'warning',
  why: 'A step whose condition is never true does nothing.',
  fix: 'Correct the condition, or remove the step.',
  async find({ steps }) {
    const found: Found[] = [];
    for (const { long, path, title } of steps)
      if (long?.when !== undefined && (await isNever(long.when)))
        found.push({
          path: [...path, 'when'],
          says: `${JSON.stringify(long.when)} is never true, so ${title} never runs`,
        });
    return found;
  },
};

/** False whatever the names in it stand for: CEL judges it without them. */
async function isNever(condition: string): Promise<boolean> {
  try {
    return !(await holds(condition, {}, ''));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
