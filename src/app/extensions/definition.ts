import type { z } from 'zod';
import type { Action, ActionError, UnknownOutcome } from '../../engine/actions/action.js';
import type { JsonObject } from '../../engine/model/json.js';
import type { Service } from '../../engine/model/service.js';
import type { StrategyContext } from '../../engine/planner/strategies/strategy.js';
import type { credential } from '../../engine/secrets/credential.js';
import type { SecretSource } from '../../engine/secrets/source.js';

type Needed = 'name' | 'risk' | 'idempotent' | 'run';

/** An action as its author writes it: five members that matter; the rest has defaults. `docs/extensions.md` has them all. */
export type ActionDefinition<Input extends JsonObject = JsonObject> = {
  /** Strict, so that a misspelt key is found: `z.strictObject({ ... })`. */
  input: z.ZodType<Input>;
  /** Another name of `preview`. */
  dryRun?: Action<Input>['preview'];
} & Pick<Action<Input>, Needed> &
  Partial<Omit<Action<Input>, Needed | 'input'>>;

export interface StrategyDefinition {
  name: string;
  description?: string;
  /** Steps as a runbook has them, without any effect; undefined when it cannot be done for this service. */
  compile(service: Service, ctx: StrategyContext): StepDefinition[] | undefined;
}

/** `form`: how a reference is written, for people. */
export type SecretSourceDefinition = Pick<SecretSource, 'scheme' | 'resolve' | 'local'> &
  Partial<Pick<SecretSource, 'form' | 'objection'>>;

/** `stop_service: redis`, or the long form with the keys that matter. */
export type StepDefinition = z.input<typeof import('../../engine/planner/runbook.js').runbookStep>;

/** What a module's default export is called with. */
export interface Registry {
  z: typeof z;
  registerAction<Input extends JsonObject>(action: ActionDefinition<Input>): void;
  registerStrategy(strategy: StrategyDefinition): void;
  /** A place where secrets lie: runbooks and services name them as `${scheme:name}`. */
  registerSecretSource(source: SecretSourceDefinition): void;
  /** A field of an input that takes a reference to a secret: `secret(z.string().min(8))`. */
  secret: typeof credential;
  /** Thrown by `run` when it knows what state things are in. */
  ActionError: typeof ActionError;
  /** Thrown by `run` when the effect may or may not be there. */
  UnknownOutcome: typeof UnknownOutcome;
}

/** A module's default export. What is registered after it has ended, or its promise has, is refused. */
export type Extension = (registry: Registry) => void | Promise<void>;
