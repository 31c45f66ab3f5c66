import type { Circumstances, PlannedStep } from '../model/plan.js';
import type { Service } from '../model/service.js';
import { riskNumber } from './runbook.js';

export interface Risk {
  /** Declared, or the riskiest step's: what `risk_score` reports. */
  score: number;
  /** What policy decides on: a declared risk can only raise it. */
  decides: number;
  /** What made it this, the weightiest first. */
  reasons: string[];
}

/** From here on a step is worth a reason, and must say how it is undone. */
export const RISKY = 0.3;

const PER_DEPENDENT = 0.02;
const MOST_BY_DEPENDENTS = 0.1;
const FAILS_OFTEN = 0.1;
const OFTEN = 3;
/** Alone never enough for another rule, where a service's own steps are not near it. */
const UNPROVEN = 0.05;

export interface RiskFacts {
  declared?: number;
  steps: readonly PlannedStep[];
  history: { successes: number; failures: number };
  circumstances: Circumstances;
  /** Whole days; a runbook that was proven longer ago counts as not proven. Absent: it need not be proven. */
  provenWithinDays?: number;
}

/**
 * Risk of a plan in [0,1]: the greater of declared and riskiest step, raised by blast radius, failing history and a
 * runbook that is not proven, and at least what a freeze says. No fact that is added ever lowers it.
 */
export function planRisk({ declared, steps, history, circumstances, provenWithinDays }: RiskFacts): Risk {
  const riskiest = steps.reduce<PlannedStep | undefined>(
    (most, step) => (!most || step.risk > most.risk ? step : most),
    undefined,
  );
  const own = riskiest?.risk ?? 0;
  const raises = [
    blastRadius(circumstances.dependents),
    failing(history, circumstances.recentFailures),
    unproven(circumstances.daysSinceProven, provenWithinDays),
  ].filter((raise) => raise !== undefined);
  const raised = Math.min(1, Math.max(own, declared ?? 0) + raises.reduce((sum, { by }) => sum + by, 0));
  const { freezes } = circumstances;
  return {
    score: round(declared ?? own),
    decides: round(Math.max(raised, ...freezes.map(({ raise }) => raise))),
    reasons: [
      ...freezes.map(({ name, until }) => `freeze "${name}" until ${until}`),
      ...(riskiest && own >= RISKY ? [riskReason(riskiest)] : []),
      ...(declared !== undefined && declared > own ? ['its runbook says so'] : []),
      ...raises.map(({ reason }) => reason),
    ],
  };
}

interface Raise {
  by: number;
  reason: string;
}

function blastRadius(dependents: readonly string[]): Raise | undefined {
  if (dependents.length === 0) return undefined;
  return {
    by: Math.min(MOST_BY_DEPENDENTS, PER_DEPENDENT * dependents.length),
    reason: `${list(dependents)} ${dependents.length === 1 ? 'depends' : 'depend'} on it`,
  };
}

function failing({ successes, failures }: RiskFacts['history'], recently: number): Raise | undefined {
  if (failures >= OFTEN && failures > successes)
    return { by: FAILS_OFTEN, reason: `failed ${failures} of ${failures + successes} times` };
  return recently >= OFTEN ? { by: FAILS_OFTEN, reason: `failed ${recently} times within the last 7 days` } : undefined;
}

function unproven(days: number | null | undefined, withinDays: number | undefined): Raise | undefined {
  if (days === undefined || withinDays === undefined || (days !== null && days < withinDays)) return undefined;
  return { by: UNPROVEN, reason: days === null ? 'never proven' : `not proven for ${days} days` };
}

/** The word for a risk that needs one; the numbers are those of a runbook's own words. */
export function riskLevel(risk: number): 'high' | 'critical' | undefined {
  if (risk >= riskNumber('critical')) return 'critical';
  return risk >= riskNumber('high') ? 'high' : undefined;
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

function list(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
