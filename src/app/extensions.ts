import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Action } from '../engine/actions/action.js';
import { UserError } from '../engine/model/errors.js';
import type { Service } from '../engine/model/service.js';
import type { RunbookStep } from '../engine/planner/runbook.js';
import type { Strategy, StrategyContext } from '../engine/planner/strategies/strategy.js';

/** What an author writes: the few members that matter; the rest has defaults. */
export interface ExtensionAction {
  name: string;
  risk: number;
  idempotent: boolean;
  input: z.ZodType;
  run: Action['run'];
  description?: string;
  version?: number;
  timeoutMs?: number;
  spawns?: Action['spawns'];
  services?: Action['services'];
  title?: Action['title'];
  look?: Action['look'];
  probe?: Action['probe'];
  inverse?: Action['inverse'];
  imagine?: Action['imagine'];
  preview?: Action['preview'];
}

export interface ExtensionStrategy {
  name: string;
  description?: string;
  compile(service: Service, ctx: StrategyContext): RunbookStep[] | undefined;
}

export interface Registry {
  z: typeof z;
  registerAction(action: ExtensionAction): void;
  registerStrategy(strategy: ExtensionStrategy): void;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Loads the modules named in `extensions`; one that cannot be used is named, and nothing starts. */
export async function loadExtensions(files: readonly string[]): Promise<{ actions: Action[]; strategies: Strategy[] }> {
  const actions: Action[] = [];
  const strategies: Strategy[] = [];
  for (const file of files) {
    const registry: Registry = {
      z,
      registerAction: (given) => void actions.push(toAction(given, file)),
      registerStrategy: (given) =>
        void strategies.push({
          name: given.name,
          description: given.description ?? '',
          compile: (service, ctx) => given.compile(service, ctx),
        }),
    };
    try {
      const module: { default?: (registry: Registry) => unknown } = await import(pathToFileURL(file).href);
      if (typeof module.default !== 'function') throw new Error('its default export is not a function');
      await module.default(registry);
    } catch (error) {
      throw new UserError(
        'invalid_input',
        `extensions: ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  }
  return { actions, strategies };
}

function toAction(given: ExtensionAction, file: string): Action {
  for (const key of ['name', 'risk', 'idempotent', 'input', 'run'] as const)
    if (given[key] === undefined) throw new Error(`action ${given.name ?? '(without name)'} has no ${key} (${file})`);
  const { input, ...rest } = given;
  return {
    version: 1,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    description: '',
    services: () => [],
    title: () => given.name,
    ...rest,
    // What a schema of the extension lets through was JSON before, and is JSON after.
    input: input.pipe(z.record(z.string(), z.json())),
  };
}
