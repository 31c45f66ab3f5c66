import { UserError } from '../model/errors.js';
import type { Service } from '../model/service.js';

/** What would make a plan possible: each is something that a person can copy. */
export interface Remedies {
  /** Strategies that the service's runtime can do, and that its configuration does not list. */
  strategies: string[];
  /** Line of a runbook under `match`. */
  match: string;
  /** Line of the service in the configuration; absent: its runtime can do none of the strategies. */
  setting?: string;
  /** Makes a runbook that has the match line already. */
  command: string;
}

/**
 * "No plan" is an answer: nothing matches the service and nothing that it may do is possible. `possible` are the strategies
 * that its runtime could do; `unfit` are runbooks that fit the incident too little, the nearest first.
 */
export function noPlan(
  { name, runtime, recoveryStrategies }: Service,
  possible: readonly string[],
  unfit: readonly { name: string; because: string }[] = [],
): UserError {
  const strategies = possible.filter((strategy) => !recoveryStrategies.includes(strategy));
  const remedies = remediesFor(name, strategies);
  const { match, setting, command } = remedies;
  return new UserError(
    'invalid_input',
    `There is no plan for ${name}: no runbook matches it and it has no strategy that ${runtime} can do. Nothing was done. ` +
      `Add "match: ${match}" to a runbook${setting ? `, or "${setting}" to the service` : ''}. A new runbook: ${command}${nearestInWords(unfit)}`,
    { service: name, match, setting, command, nearest: unfit.map((one) => one.name) },
    { kind: 'no_plan', service: name, runtime, remedies },
  );
}

function nearestInWords([nearest]: readonly { name: string; because: string }[]): string {
  return nearest === undefined
    ? ''
    : `. The nearest runbook is ${nearest.name} (${nearest.because}); to use it, name it: --runbook ${nearest.name}`;
}

function remediesFor(service: string, strategies: string[]): Remedies {
  const [first] = strategies;
  const id = `${service.toLowerCase().replace(/[^a-z0-9_-]/g, '_')}_down`;
  const action = strategies.includes('restart') ? 'restart_service' : 'check_health';
  return {
    strategies,
    match: `{ services: [${service}] }`,
    ...(first === undefined ? {} : { setting: `recovery_strategies: [${first}]` }),
    command: `reviver runbook new ${id} --service ${service} --action ${action}`,
  };
}
