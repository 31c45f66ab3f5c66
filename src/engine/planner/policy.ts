import { InvalidInput } from '../model/errors.js';
import type { Role } from '../model/person.js';
import type { Plan, PolicyDecision } from '../model/plan.js';
import type { Service } from '../model/service.js';
import { DEFAULT_RAISES, type RaiseRules } from './circumstances.js';
import { holds } from './expressions.js';

export interface ApprovalRule {
  /** CEL over `policyFacts`. */
  when: string;
  need: number;
  role?: Role;
  including?: Role;
}

export interface ApprovalPolicy {
  /** Undecided after this long: expired. */
  expiresMs: number;
  /** Decided but unused after this long: expired. */
  useWithinMs: number;
  rules: ApprovalRule[];
  /** What raises the risk that the rules decide on. */
  raises: RaiseRules;
}

export const DEFAULT_POLICY: ApprovalPolicy = {
  expiresMs: 15 * 60_000,
  useWithinMs: 5 * 60_000,
  rules: [
    { when: 'risk < 0.3', need: 0 },
    { when: 'risk < 0.7', need: 1, role: 'approver' },
    { when: 'true', need: 2, role: 'approver', including: 'lead' },
  ],
  raises: DEFAULT_RAISES,
};

type Judged = Pick<Plan, 'service' | 'name' | 'kind' | 'risk' | 'riskScore' | 'circumstances'>;

/** A plan that was never proven: a number, so that `days_since_proven > 30` holds for it. */
export const NEVER_DAYS = 1_000_000;

/** What a condition about a plan can read. What nothing could tell counts as proven, calm and alone. */
export function policyFacts(
  plan: Judged,
  service: Pick<Service, 'name' | 'runtime' | 'criticality'>,
  requester: { name: string; roles: readonly string[] },
) {
  const { freezes = [], dependents = [], recentFailures = 0, daysSinceProven } = plan.circumstances ?? {};
  return {
    risk: plan.risk,
    freeze: freezes.length > 0,
    freezes: freezes.map(({ name }) => name),
    days_since_proven: daysSinceProven === null ? NEVER_DAYS : (daysSinceProven ?? 0),
    recent_failures: recentFailures,
    blast_radius: dependents.length,
    plan: { name: plan.name, kind: plan.kind, risk_score: plan.riskScore },
    service: { name: service.name, runtime: service.runtime, criticality: service.criticality },
    requester: { name: requester.name, roles: [...requester.roles] },
  };
}

/** The first rule that holds decides how many people must agree; no rule at all refuses. */
export async function decidePolicy(
  policy: ApprovalPolicy,
  plan: Judged,
  service: Service,
  requester: { name: string; roles: readonly string[] },
): Promise<PolicyDecision> {
  const facts = policyFacts(plan, service, requester);
  for (const [index, rule] of policy.rules.entries()) {
    if (!(await holds(rule.when, facts, `approvals.rules[${index}].when`))) continue;
    return {
      need: rule.need,
      rule: rule.when,
      ...(rule.need > 0 ? { role: rule.role ?? 'approver' } : {}),
      ...(rule.including ? { including: rule.including } : {}),
    };
  }
  throw new InvalidInput('approvals.rules', 'none holds', 'a last rule with when: "true"');
}
