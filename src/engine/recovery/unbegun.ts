import type { Plan, PlannedStep } from '../model/plan.js';
import { type Recovery, type RecoveryStep, type Snapshot, UNBEGUN } from '../model/recovery.js';
import { NO_RETRY } from '../model/retry-policy.js';
import { toDefinition } from './step-definition.js';

/** A recovery that no store knows, about to begin with its first step: tried once as a whole, without a time limit. */
export function unbegun(plan: Plan, origin: { by: string; at: Date }): Snapshot {
  return { recovery: recoveryOf(plan, origin), steps: plan.steps.map(unbegunStep) };
}

/** A step of a plan as it stands before anything was done. */
export function unbegunStep(step: PlannedStep, position: number): RecoveryStep {
  const { actionVersion: _, ...definition } = toDefinition(step);
  return { ...definition, position, ...UNBEGUN, approvalId: null, interruptions: 0 };
}

function recoveryOf(plan: Plan, { by, at }: { by: string; at: Date }): Recovery {
  return {
    id: 1,
    service: plan.service,
    state: 'SCHEDULED',
    plan,
    planDigest: plan.digest,
    requestDigest: '',
    incidentId: null,
    requestedBy: by,
    reason: '',
    origin: { platform: by },
    priority: 5,
    constitution: plan.constitution,
    claims: [],
    pool: 'default',
    epoch: 0,
    owner: null,
    revision: 0,
    version: 0,
    wakeAt: at,
    attempts: 0,
    nextAttemptAt: null,
    retry: NO_RETRY,
    activeMs: 0,
    activeSince: null,
    timeoutMs: Number.MAX_SAFE_INTEGER,
    approvalId: null,
    cancelBy: null,
    unverified: !plan.verified,
    outcome: null,
    retryOf: null,
    createdAt: at,
    startedAt: null,
    endedAt: null,
  };
}
