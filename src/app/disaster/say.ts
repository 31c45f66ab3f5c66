import type { RecoveryStep } from '../../engine/model/recovery.js';
import { type Scenario, TARGETS } from './scenario.js';

const DIGEST_SHOWN = 12;

/** The plan as it would be carried out, for the terminal. */
export function planLines({ name, plan, runbook }: Scenario): string[] {
  const target = TARGETS[name];
  return [
    `Loss of ${name}: ${runbook.description}.`,
    ...(target
      ? [`Wanted: back within ${target.rtoMinutes} min, with at most ${target.rpoMinutes} min of writes lost.`]
      : []),
    ...plan.steps.map(
      (step, index) => `${String(index + 1).padStart(2)} ○ ${step.name}${step.when ? `  (if ${step.when})` : ''}`,
    ),
  ];
}

/** Nothing was begun: how to begin exactly this plan. */
export function refusal({ plan }: Scenario, given: string | undefined): string[] {
  const digest = plan.digest.slice(0, DIGEST_SHOWN);
  return given === undefined
    ? [`Nothing was done. To carry out exactly this plan, give the same once more with --yes ${digest}`]
    : [`Nothing was done: --yes ${given} is not this plan, whose digest is ${digest}. Look at the plan again.`];
}

/** A step that nobody can tell whether it was done. */
export function stuckLines(name: string, steps: readonly RecoveryStep[]): string[] {
  return [
    ...steps.map(
      ({ position, name: title, error }) =>
        `A person is needed: step ${position + 1}, ${title}: ${error?.message ?? 'what became of it is not known'}`,
    ),
    `Look, then give one: reviver disaster ${name} --retry (do it once more) or reviver disaster ${name} --done (its effect is there).`,
  ];
}
