import type { Plan, PlannedStep } from '../model/plan.js';
import type { RunbookTest } from '../planner/runbook-test.js';
import type { Ending } from './ending.js';
import { faultsOf } from './fault.js';
import { judge, type Shortcoming } from './judge.js';
import { type PlayPorts, play } from './play.js';

export interface Rehearsal {
  endings: Ending[];
  /** What is not as it should be; empty: the runbook passes. */
  shortcomings: Shortcoming[];
}

/** Plays a plan with every fault in every step. No database, no network, no clock: the same plan gives the same. */
export async function rehearse(plan: Plan, tests: readonly RunbookTest[], ports: PlayPorts): Promise<Rehearsal> {
  const looks = ({ action }: PlannedStep) => ports.actions.get(action)?.probe !== undefined;
  const endings: Ending[] = [];
  for (const fault of faultsOf(plan.steps, looks)) endings.push(await play(plan, fault, ports));
  return { endings, shortcomings: judge(endings, tests) };
}
