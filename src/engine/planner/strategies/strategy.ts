import type { Service } from '../../model/service.js';
import type { LongStep, RunbookStep } from '../runbook.js';

/** What a strategy may ask while it compiles. */
export interface StrategyContext {
  /** Names in the order in which they should be tried: what worked for this service first. */
  order(names: readonly string[]): string[];
  /** Steps of another strategy for the same service; undefined when it cannot be done. */
  stepsOf(strategy: string): RunbookStep[] | undefined;
  /** A step with all its keys, also of one in the short form. */
  long(step: RunbookStep): LongStep;
}

/** A recovery strategy: compiles to the steps of a plan for the service's runtime. */
export interface Strategy {
  name: string;
  description: string;
  /** Names of the strategies of the service that it is made of: those that cannot be done now are left out, and why is said. */
  rungs?(service: Service): string[];
  /** Why a service in this state (`running`, `stopped`, `missing`) is no case for it; undefined: it may be one. */
  unfit?(service: Service, status: string): string | undefined;
  /** Steps in runbook form; undefined when it cannot be done for this service. */
  compile(service: Service, context: StrategyContext): RunbookStep[] | undefined;
}
