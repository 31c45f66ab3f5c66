import type { Action } from '../actions/action.js';
import type { Plan, PlannedStep } from '../model/plan.js';
import type { Service } from '../model/service.js';
import { type CompileContext, compileSteps } from './compile.js';
import { dependenciesFirst } from './dependencies.js';
import { type LongStep, longForm, type RunbookStep } from './runbook.js';
import { stateKeptFirst } from './state-backup.js';
import { strategist } from './strategies/strategies.js';
import type { Strategy } from './strategies/strategy.js';

export interface SurroundPorts {
  strategies: ReadonlyMap<string, Strategy>;
  actions: ReadonlyMap<string, Action>;
  /** Services whose health check fails now. */
  unhealthy(): Promise<ReadonlySet<string>>;
}

/**
 * What a plan needs around its steps: the dependencies before, the look at the service's health after. Those of an undo
 * are done as they are: what it puts back may well have been ill. To those that were sent no dependency is added.
 */
export async function surrounded(
  kind: Plan['kind'],
  own: PlannedStep[],
  context: CompileContext,
  ports: SurroundPorts,
): Promise<{ steps: PlannedStep[]; reasons: string[] }> {
  if (kind === 'steps') return { steps: own, reasons: [] };
  const kept = await stateKeptFirst(own, context);
  if (kind === 'sent') return { steps: await withVerification(kept, context), reasons: [] };
  const { steps, reasons } = await dependenciesFirst(kept, context, {
    unhealthy: await ports.unhealthy(),
    waysFor: (dependency) => strategiesOf(dependency, ports),
  });
  return { steps: await withVerification(steps, context), reasons };
}

/** What brings a dependency back: its strategies that its runtime can do, in their order. */
function strategiesOf(service: Service, { strategies, actions }: SurroundPorts): RunbookStep[][] {
  const stepsOf = strategist(service, strategies, { actions, order: (names) => [...names] });
  return service.recoveryStrategies.map(stepsOf).filter((steps) => steps !== undefined);
}

/** A recovery succeeds only when the health check holds after the last step: that is a step of its own. */
async function withVerification(steps: PlannedStep[], context: CompileContext): Promise<PlannedStep[]> {
  const { service } = context;
  const last = steps.at(-1);
  if (service.health.length === 0 || (last && verifies(last, service))) return steps;
  const verify: LongStep = {
    ...longForm({ action: 'check_health', with: { service: service.name } }),
    id: steps.some((step) => step.id === 'verify') ? 'reviver_verify' : 'verify',
    name: `Verify ${service.name}`,
    approval: 'never',
    timeout: '60s',
    ...(last ? { pool: last.pool } : {}),
  };
  const compiled = await compileSteps([verify], context, 'verification');
  return [...steps, ...compiled.map(({ line: _, ...step }) => ({ ...step, stage: (last?.stage ?? -1) + 1 }))];
}

/** A check that may be skipped, or may fail without consequence, verifies nothing. */
function verifies({ action, input, when, onFailure }: PlannedStep, service: Service): boolean {
  return action === 'check_health' && input.service === service.name && when === undefined && onFailure !== 'continue';
}
