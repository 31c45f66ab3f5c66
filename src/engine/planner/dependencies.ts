import type { PlannedStep } from '../model/plan.js';
import type { Service } from '../model/service.js';
import { type CompileContext, compileSteps } from './compile.js';
import { NotPossibleNow } from './not-now.js';
import { longForm, type RunbookStep } from './runbook.js';

/** Services that a service needs, also through others, in the order in which they must come up. */
export function dependenciesOf(service: Service, services: readonly Service[]): Service[] {
  const ordered: Service[] = [];
  const visit = (of: Service): void => {
    for (const name of [...of.dependsOn].sort()) {
      const needed = services.find((candidate) => candidate.name === name);
      if (!needed || needed === service || ordered.includes(needed)) continue;
      visit(needed);
      ordered.push(needed);
    }
  };
  visit(service);
  return ordered;
}

export interface DependencyParts {
  /** Names of services whose health check fails now. */
  unhealthy: ReadonlySet<string>;
  /** What brings a service back by itself, the best first; none when it has no strategy for its runtime. */
  waysFor(service: Service): RunbookStep[][];
}

/**
 * A service does not come back while what it needs is down: the unhealthy ones are brought back first, in the graph's
 * order, unless the plan itself acts on them. `reasons`: what people read about it.
 */
export async function dependenciesFirst(
  steps: PlannedStep[],
  context: CompileContext,
  { unhealthy, waysFor }: DependencyParts,
): Promise<{ steps: PlannedStep[]; reasons: string[] }> {
  const touched = new Set(steps.flatMap((step) => step.services));
  const first: PlannedStep[] = [];
  const reasons: string[] = [];
  for (const needed of dependenciesOf(context.service, context.services)) {
    if (!unhealthy.has(needed.name) || touched.has(needed.name)) continue;
    const own = await firstPossible(needed, waysFor(needed), context, nextStage(first));
    reasons.push(`${needed.name} is down, too, ${own ? 'and is recovered first' : 'and has no strategy of its own'}`);
    if (own) first.push(...own);
  }
  const behind = nextStage(first);
  return { steps: [...first, ...steps.map((step) => ({ ...step, stage: step.stage + behind }))], reasons };
}

async function firstPossible(
  service: Service,
  ways: readonly RunbookStep[][],
  context: CompileContext,
  stage: number,
): Promise<PlannedStep[] | undefined> {
  for (const steps of ways) {
    try {
      return await stepsOf(service, steps, context, stage);
    } catch (error) {
      if (!(error instanceof NotPossibleNow)) throw error;
    }
  }
  return undefined;
}

function stepsOf(
  service: Service,
  steps: readonly RunbookStep[],
  context: CompileContext,
  stage: number,
): Promise<PlannedStep[]> {
  const look = longForm({ action: 'check_health', with: { service: service.name } });
  const own = { ...context, service, params: {} };
  const scope = { prefix: `${service.name}_`, service: service.name, params: {} };
  const all = service.health.length > 0 ? [...steps, look] : steps;
  return compileSteps(all, own, `dependency ${service.name}`, { stage, scope });
}

function nextStage(steps: readonly PlannedStep[]): number {
  return (steps.at(-1)?.stage ?? -1) + 1;
}
