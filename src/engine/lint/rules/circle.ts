import { subRunbookOf } from '../../planner/compose.js';
import type { Runbook } from '../../planner/runbook.js';
import type { Rule } from '../rule.js';

export const runbookCycle: Rule = {
  id: 'runbook-cycle',
  severity: 'error',
  why: 'Runbooks that bring in each other have no end.',
  fix: 'Take one of the sub_runbook steps out.',
  find: ({ runbook, steps, surroundings }) =>
    steps.flatMap(({ subRunbook, path }) => {
      const circle = typeof subRunbook === 'string' ? wayBack(subRunbook, runbook, surroundings.runbooks) : undefined;
      return circle ? [{ path, says: `it leads back here: ${[runbook.id, ...circle].join(' → ')}` }] : [];
    }),
};

/** The ids from one runbook back to another; undefined when there is no way. Each runbook is looked at once. */
function wayBack(from: string, to: Runbook, runbooks: readonly Runbook[]): string[] | undefined {
  const seen = new Set<string>();
  const ways = [[from]];
  for (let way = ways.shift(); way; way = ways.shift()) {
    const last = way.at(-1) ?? '';
    if (last === to.id) return way;
    if (seen.has(last)) continue;
    seen.add(last);
    const next = runbooks.find(({ id }) => id === last)?.steps.map(subRunbookOf) ?? [];
    for (const id of next) if (typeof id === 'string') ways.push([...way, id]);
  }
  return undefined;
}
