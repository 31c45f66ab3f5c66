import type { Plan, PlannedStep } from '../../engine/model/plan.js';
import { NO_RETRY } from '../../engine/model/retry-policy.js';
import { planDigest } from '../../engine/planner/digest.js';

export const RECOVER = 'recover_in_process';

export interface AttemptPlan {
  /** A health check says whether it helped. */
  checked: boolean;
  constitution: string;
  pool: string;
  attemptTimeoutMs: number;
}

/** One attempt is one step; it is the recovery as a whole that is retried, by its policy (D12). */
export function attemptPlan(service: string, how: AttemptPlan): Plan {
  const { checked, constitution, pool, attemptTimeoutMs } = how;
  const step: PlannedStep = {
    id: 'recover',
    name: `Recover ${service}`,
    action: RECOVER,
    actionVersion: 1,
    input: { service },
    stage: 0,
    risk: 0.1,
    timeoutMs: attemptTimeoutMs,
    retry: NO_RETRY,
    onFailure: 'stop',
    // A retry repeats it in any case, so whoever wrote it has made it safe to repeat.
    idempotent: true,
    pool,
    approval: 'never',
    rollback: null,
    services: [service],
  };
  const body = {
    service,
    kind: 'sent' as const,
    name: 'library',
    params: {},
    riskScore: step.risk,
    risk: step.risk,
    targets: [],
    verified: checked,
    policy: { need: 0, rule: 'the program that asks decides' },
    constitution,
  };
  return {
    ...body,
    steps: [step],
    digest: planDigest(body, [step]),
    description: `Recovery of ${service} by a program`,
    explanation: 'asked for by a program',
    riskReasons: [],
    alternatives: [],
  };
}
