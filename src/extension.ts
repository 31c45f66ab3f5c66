/** Types for whoever writes an extension: `import type { Extension } from 'reviver/extension'`. */
export type {
  ActionDefinition,
  Extension,
  Registry,
  SecretSourceDefinition,
  StepDefinition,
  StrategyDefinition,
} from './app/extensions/definition.js';
export type { ActionContext, ExecOptions, ExecResult, ProbeResult } from './engine/actions/action.js';
export type { JsonObject } from './engine/model/json.js';
export type { ActionCall, StepResult } from './engine/model/plan.js';
export type { Service } from './engine/model/service.js';
export type { StrategyContext } from './engine/planner/strategies/strategy.js';
