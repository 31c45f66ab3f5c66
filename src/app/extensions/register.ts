import { z } from 'zod';
import { type Action, ActionError, UnknownOutcome } from '../../engine/actions/action.js';
import { BUILT_IN_ACTIONS } from '../../engine/actions/actions.js';
import { defineAction } from '../../engine/actions/define-action.js';
import { InvalidInput } from '../../engine/model/errors.js';
import type { JsonObject } from '../../engine/model/json.js';
import { COMPOSITE_INPUTS } from '../../engine/planner/compose.js';
import { longForm, runbookStep } from '../../engine/planner/runbook.js';
import { STRATEGIES } from '../../engine/planner/strategies/strategies.js';
import type { Strategy } from '../../engine/planner/strategies/strategy.js';
import { credential } from '../../engine/secrets/credential.js';
import type { SecretSource } from '../../engine/secrets/source.js';
import { checkAction, checkSecretSource, checkStrategy } from './check-definition.js';
import type {
  ActionDefinition,
  Extension,
  Registry,
  SecretSourceDefinition,
  StrategyDefinition,
} from './definition.js';

export interface Registered {
  actions: Action[];
  strategies: Strategy[];
  sources: SecretSource[];
}

/** Who has which name, for the sentence about a second one. */
export type Taken = Map<string, string>;

export function namesOfReviver(): Taken {
  const own = [...BUILT_IN_ACTIONS.keys(), ...Object.keys(COMPOSITE_INPUTS)].map((name) => `action ${name}`);
  const strategies = [...STRATEGIES.keys()].map((name) => `strategy ${name}`);
  const sources = ['env', 'file', 'vault'].map((name) => `secret source ${name}`);
  return new Map([...own, ...strategies, ...sources].map((name) => [name, 'Reviver itself']));
}

/** Calls an extension and collects what it registers; the first mistake is thrown. `from` names it for later clashes. */
export async function register(extension: Extension, from: string, taken: Taken): Promise<Registered> {
  const registered: Registered = { actions: [], strategies: [], sources: [] };
  let open = true;
  const claim = (kind: 'action' | 'strategy' | 'secret source', name: string): void => {
    if (!open)
      throw new Error(
        `${kind} "${name}" was registered after the extension's function had ended; await what it waits for`,
      );
    const owner = taken.get(`${kind} ${name}`);
    if (owner) throw new InvalidInput(`${kind} "${name}".name`, name, `a name that is free; ${owner} has this one`);
    taken.set(`${kind} ${name}`, from);
  };
  const registry: Registry = {
    z,
    secret: credential,
    ActionError,
    UnknownOutcome,
    registerAction(given) {
      checkAction(given);
      claim('action', given.name);
      registered.actions.push(toAction(given));
    },
    registerStrategy(given) {
      checkStrategy(given);
      claim('strategy', given.name);
      registered.strategies.push(toStrategy(given));
    },
    registerSecretSource(given) {
      checkSecretSource(given);
      claim('secret source', given.scheme);
      registered.sources.push(toSource(given));
    },
  };
  try {
    await extension(registry);
  } finally {
    open = false;
  }
  return registered;
}

const DEFAULT_TIMEOUT_MS = 30_000;

function toAction<Input extends JsonObject>({ dryRun, ...given }: ActionDefinition<Input>): Action {
  return defineAction<z.ZodType<Input>>({
    version: 1,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    description: '',
    services: () => [],
    title: () => given.name,
    preview: dryRun,
    ...given,
    // What a schema of the extension lets through was JSON before, and is JSON after.
    input: given.input.refine((value) => json.safeParse(value).success, { error: 'values that JSON has' }),
  });
}

const json = z.record(z.string(), z.json());

function toSource({ form, objection, ...given }: SecretSourceDefinition): SecretSource {
  return { ...given, form: form ?? `\${${given.scheme}:name}`, objection: objection ?? (() => undefined) };
}

function toStrategy(given: StrategyDefinition): Strategy {
  return {
    name: given.name,
    description: given.description ?? '',
    compile: (service, ctx) => {
      const steps = given.compile(service, ctx);
      return steps?.map((step) => runbookStep.parse(typeof step === 'string' ? step : longForm(step)));
    },
  };
}
