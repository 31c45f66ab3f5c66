import type { PlannedStep, PolicyDecision } from '../model/plan.js';
import type { RecoveryStep } from '../model/recovery.js';
import type { Service } from '../model/service.js';

/** The rules that no runbook, person or setting overrides. Carried by every plan as its hash. */
export interface Constitution {
  hash: string;
  forbiddenActions: readonly string[];
  protectedServices: readonly string[];
  /** 0..1 */
  highestRiskWithoutApproval: number;
  /** People who must approve a plan for a critical service whose risk is above that bound. */
  leastQuorumForCriticalServices: number;
  /** Where the rules were read; absent: they are no file's, and nothing is pinned. */
  source?: { file: string; sha256: string };
  /** Why nothing may run under what was read, for people; absent: what was read is whole, and has the name that is expected. */
  mismatch?: string;
}

export function withoutRules(hash: string): Constitution {
  return {
    hash,
    forbiddenActions: [],
    protectedServices: [],
    highestRiskWithoutApproval: 1,
    leastQuorumForCriticalServices: 1,
  };
}

/** As the gate before a step refuses. */
export function refusal(why: string | undefined): { code: 'constitution'; message: string } | undefined {
  return why === undefined ? undefined : { code: 'constitution', message: why };
}

/** Why a step may not run, in a sentence for people; undefined when it may. */
export function forbids(
  { forbiddenActions, protectedServices }: Constitution,
  step: Pick<PlannedStep | RecoveryStep, 'action' | 'services' | 'rollback' | 'verify'>,
): string | undefined {
  const { rollback, verify } = step;
  const calls = [
    step.action,
    ...(typeof rollback === 'object' && rollback ? [rollback.action] : []),
    ...(verify ? [verify.action] : []),
  ];
  const action = calls.find((name) => forbiddenActions.includes(name));
  if (action) return `the constitution forbids the action ${action}`;
  const service = step.services.find((name) => protectedServices.includes(name));
  return service && `the constitution protects ${service}: no step may touch it`;
}

/** The policy's decision, raised to what the constitution asks for at least. */
export function atLeast(rules: Constitution, decided: PolicyDecision, risk: number, service: Service): PolicyDecision {
  if (risk <= rules.highestRiskWithoutApproval) return decided;
  const least = service.criticality === 'critical' ? Math.max(1, rules.leastQuorumForCriticalServices) : 1;
  if (decided.need >= least) return decided;
  return {
    role: 'approver',
    ...decided,
    need: least,
    rule: `constitution: risk above ${rules.highestRiskWithoutApproval}`,
  };
}
