import type { Plan } from '../model/plan.js';
import type { RunbookTest } from '../planner/runbook-test.js';
import type { Ending } from './ending.js';
import { type Abilities, faultsOf } from './fault.js';
import { judge, type Shortcoming } from './judge.js';
import { type PlayPorts, play } from './play.js';

export interface Rehearsal {
  endings: Ending[];
  /** What is not as it should be; empty: the runbook passes. */
  shortcomings: Shortcoming[];
}

/** Plays a plan with every fault in every step. No database, no network, no clock: the same plan gives the same. */
export async function rehearse(plan: Plan, tests: readonly RunbookTest[], ports: PlayPorts): Promise<Rehearsal> {
  const endings: Ending[] = [];
  for (const fault of faultsOf(plan.steps, abilities(ports))) endings.push(await play(plan, fault, ports));
  return { endings, shortcomings: judge(endings, tests) };
}

function abilities({ actions }: PlayPorts): Abilities {
  return {
    looks: ({ action }) => actions.get(action)?.probe !== undefined,
    undoes({ action, input, rollback }) {
      const { inverse, imagine } = actions.get(action) ?? {};
      if (rollback !== undefined) return rollback !== null;
      return inverse?.(input, imagine?.(input) ?? {}) !== undefined;
    },
  };
}
