import { UserError } from '../model/errors.js';
import type { Service } from '../model/service.js';
import type { RunbookStep } from './runbook.js';

/** A recovery strategy: compiles to the steps of a plan for the service's runtime. */
export interface Strategy {
  name: string;
  description: string;
  /** Steps in runbook form; undefined when this runtime cannot do it. */
  compile(service: Service): RunbookStep[] | undefined;
}

const onProcesses = (service: Service, steps: RunbookStep[]): RunbookStep[] | undefined =>
  service.runtime === 'process' ? steps : undefined;

/** The strategies of this version; custom ones are added to a copy of this table. */
export const STRATEGIES: ReadonlyMap<string, Strategy> = new Map(
  [
    {
      name: 'restart',
      description: 'Stop and start the service as it is',
      compile: (service: Service) => onProcesses(service, [`restart_service: ${service.name}`]),
    },
    {
      name: 'recreate',
      description: 'Stop the service completely, then start it anew',
      compile: (service: Service) =>
        onProcesses(service, [`stop_service: ${service.name}`, `start_service: ${service.name}`]),
    },
  ].map((strategy) => [strategy.name, strategy]),
);

/** The steps of a strategy that a person or the ranking chose. */
export function compileStrategy(
  name: string,
  service: Service,
  strategies: ReadonlyMap<string, Strategy>,
): RunbookStep[] {
  const steps = strategies.get(name)?.compile(service);
  if (steps) return steps;
  const possible = [...strategies.values()]
    .filter((strategy) => strategy.compile(service))
    .map((strategy) => strategy.name);
  throw new UserError(
    'invalid_input',
    `strategy: "${name}" cannot be done for ${service.name} (${service.runtime}). ${possible.length > 0 ? `Possible: ${possible.join(', ')}.` : 'Write a runbook for it.'}`,
    { field: 'strategy', value: name, allowed: possible.join(', ') },
  );
}
