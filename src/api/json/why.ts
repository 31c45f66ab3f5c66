import { z } from 'zod';
import type { RecoveryView } from '../../engine/engine.js';
import { RECOVERY_STATES, recoveryName } from '../../engine/model/recovery.js';
import { planJson, toPlanJson } from './plan.js';
import { approvalJson, recoveryJson, toApprovalJson, toRecoveryJson } from './recovery.js';

/** Why a recovery had the plan that it had, and who decided: as it was when the plan was made. */
export const whyJson = z.strictObject({
  id: z.string(),
  service: z.string(),
  plan: z.string().describe('The name of the runbook or strategy'),
  state: z.enum(RECOVERY_STATES),
  risk: z.number().describe('What the rules decided on; risk_score is the declared one'),
  circumstances: z
    .strictObject({
      freezes: z.array(z.strictObject({ name: z.string(), raise: z.number(), until: z.string() })),
      dependents: z.array(z.string()),
      recent_failures: z.int(),
      days_since_proven: z.int().nullable().optional().describe('null: never; absent: nothing could tell'),
    })
    .nullable()
    .describe('What of that moment could raise the risk; null for plans of older versions'),
  approvals: z.array(approvalJson),
  ...planJson.pick({
    explanation: true,
    evidence: true,
    alternatives: true,
    risk_score: true,
    risk_reasons: true,
    approval: true,
  }).shape,
  ...recoveryJson.pick({ outcome: true, successor: true, ratings: true, notes: true }).shape,
});

export function toWhyJson(view: RecoveryView): z.infer<typeof whyJson> {
  const { recovery, approvals, steps } = view;
  const { plan } = recovery;
  const { explanation, evidence, alternatives, risk_score, risk_reasons, approval } = toPlanJson(plan, []);
  const { outcome, successor, ratings, notes } = toRecoveryJson(view);
  return {
    id: recoveryName(recovery.id),
    service: recovery.service,
    plan: plan.name,
    state: recovery.state,
    risk: plan.risk,
    circumstances: circumstances(plan.circumstances),
    approvals: approvals.map((one) => toApprovalJson(one, steps)),
    explanation,
    evidence,
    alternatives,
    risk_score,
    risk_reasons,
    approval,
    outcome,
    successor,
    ratings,
    notes,
  };
}

function circumstances(
  seen: RecoveryView['recovery']['plan']['circumstances'],
): z.infer<typeof whyJson>['circumstances'] {
  if (!seen) return null;
  const { freezes, dependents, recentFailures, daysSinceProven } = seen;
  return {
    freezes,
    dependents,
    recent_failures: recentFailures,
    ...(daysSinceProven === undefined ? {} : { days_since_proven: daysSinceProven }),
  };
}
