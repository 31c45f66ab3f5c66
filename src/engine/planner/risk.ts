import type { PlannedStep } from '../model/plan.js';
import type { Service } from '../model/service.js';

export interface Risk {
  /** Declared, or the riskiest step's: what `risk_score` reports. */
  score: number;
  /** What policy decides on: a declared risk can only raise it. */
  decides: number;
  reasons: string[];
}

/** From here on a step is worth a reason, and must say how it is undone. */
export const RISKY = 0.3;

const PER_DEPENDENT = 0.02;
const MOST_BY_DEPENDENTS = 0.1;
const FAILS_OFTEN = 0.1;

export interface RiskFacts {
  declared?: number;
  steps: readonly PlannedStep[];
  service: Service;
  services: readonly Service[];
  history: { successes: number; failures: number };
}

/** Risk of a plan in [0,1]: the greater of declared and riskiest step, raised by blast radius and failing history. */
export function planRisk({ declared, steps, service, services, history }: RiskFacts): Risk {
  const riskiest = steps.reduce<PlannedStep | undefined>(
    (most, step) => (!most || step.risk > most.risk ? step : most),
    undefined,
  );
  const reasons: string[] = [];
  let decides = riskiest?.risk ?? 0;
  if (riskiest && riskiest.risk >= RISKY) reasons.push(riskReason(riskiest));
  if (declared !== undefined && declared > decides) {
    decides = declared;
    reasons.push('its runbook says so');
  }
  const dependents = dependentsOf(service.name, services);
  if (dependents.length > 0) {
    decides += Math.min(MOST_BY_DEPENDENTS, PER_DEPENDENT * dependents.length);
    reasons.push(`${list(dependents)} ${dependents.length === 1 ? 'depends' : 'depend'} on it`);
  }
  if (history.failures >= 3 && history.failures > history.successes) {
    decides += FAILS_OFTEN;
    reasons.push(`failed ${history.failures} of ${history.failures + history.successes} times`);
  }
  return { score: round(declared ?? riskiest?.risk ?? 0), decides: round(Math.min(1, decides)), reasons };
}

/** Everything that is hurt when the service is: dependents and theirs. */
export function dependentsOf(name: string, services: readonly Service[]): string[] {
  const found = new Set<string>();
  const visit = (of: string): void => {
    for (const service of services)
      if (service.dependsOn.includes(of) && !found.has(service.name)) {
        found.add(service.name);
        visit(service.name);
      }
  };
  visit(name);
  return [...found];
}

function riskReason(step: PlannedStep): string {
  return step.action.startsWith('restore_') ? 'restores data' : step.name.charAt(0).toLowerCase() + step.name.slice(1);
}

function list(names: string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
