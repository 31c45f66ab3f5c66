import type { Action } from '../../engine/actions/action.js';
import { createActions } from '../../engine/actions/actions.js';
import { InvalidInput, UserError } from '../../engine/model/errors.js';
import type { Service } from '../../engine/model/service.js';
import { checkSteps } from '../../engine/planner/check-runbooks.js';
import { nearest } from '../../engine/planner/nearest.js';
import type { Runbook } from '../../engine/planner/runbook.js';
import { STRATEGIES, strategist } from '../../engine/planner/strategies/strategies.js';
import type { Strategy } from '../../engine/planner/strategies/strategy.js';
import type { Extension } from './definition.js';
import { importDefault } from './import-module.js';
import { namesOfReviver, type Registered, register } from './register.js';

/** What strategies of extensions are tried on. */
export interface Surroundings {
  services: readonly Service[];
  runbooks: readonly Runbook[];
}

/**
 * Loads the modules named in `extensions`. One that cannot be used is one error that says file, field and what is
 * allowed, and nothing starts. Without surroundings the steps that strategies give are not looked at.
 */
export async function loadExtensions(files: readonly string[], around?: Surroundings): Promise<Registered> {
  const taken = namesOfReviver();
  const loaded: (Registered & { file: string })[] = [];
  for (const file of files)
    loaded.push(
      await blaming(file, async () => ({
        file,
        ...(await register(extensionOf(await importDefault(file)), file, taken)),
      })),
    );
  const all = {
    actions: loaded.flatMap(({ actions }) => actions),
    strategies: loaded.flatMap(({ strategies }) => strategies),
    sources: loaded.flatMap(({ sources }) => sources),
  };
  if (!around) return all;
  for (const { file, strategies } of loaded)
    await blaming(file, () => {
      for (const strategy of strategies) tryStrategy(strategy, all, around);
    });
  if (files.length > 0) checkNames(all.strategies, around.services);
  return all;
}

/** What was imported is a function; what it does when it is called, it must show. */
function extensionOf(exported: unknown): Extension {
  return async (registry) => {
    if (typeof exported === 'function') await exported(registry);
  };
}

/** A strategy has no effect, so that it can be tried on every service: it must give steps that can be done. */
function tryStrategy(strategy: Strategy, all: Registered, { services, runbooks }: Surroundings): void {
  const actions = createActions(all.actions);
  const known = { actions, ids: runbooks.map(({ id }) => id) };
  const strategies = new Map([...STRATEGIES, ...all.strategies.map((one) => [one.name, one] as const)]);
  for (const service of services) {
    const where = `strategy "${strategy.name}" for ${service.name}`;
    checkSteps(stepsOf(strategy, service, where, actions, strategies) ?? [], `${where}, `, known);
  }
}

function stepsOf(
  { name }: Strategy,
  service: Service,
  where: string,
  actions: ReadonlyMap<string, Action>,
  strategies: ReadonlyMap<string, Strategy>,
) {
  try {
    return strategist(service, strategies, { actions, order: (names) => [...names] })(name);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new Error(`${where}: compile threw: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The configuration could not know them before the extensions were there. */
function checkNames(extra: readonly Strategy[], services: readonly Service[]): void {
  const names = [...STRATEGIES.keys(), ...extra.map(({ name }) => name)];
  for (const { name, recoveryStrategies } of services)
    for (const strategy of recoveryStrategies) {
      if (names.includes(strategy)) continue;
      const guess = nearest(strategy, names);
      throw new InvalidInput(
        `recovery_strategies of ${name}`,
        strategy,
        `a strategy: ${guess ? `did you mean ${guess}? Known: ` : ''}${names.join(', ')}`,
      );
    }
}

async function blaming<Result>(file: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(Object(error).message ?? error);
    throw new UserError('invalid_input', `extensions: ${file}: ${message.replace(/\.$/, '')}.`);
  }
}
