import { z } from 'zod';
import type { Plan } from '../../engine/model/plan.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { planName } from './recovery.js';

/** What would be done: the answer to a dry run. */
export const planJson = z.strictObject({
  dry_run: z.literal(true),
  service: z.string(),
  runbook: z.string().optional(),
  strategy: z.string().optional(),
  description: z.string(),
  explanation: z.string(),
  risk_score: z.number(),
  risk_reasons: z.array(z.string()),
  plan_digest: z.string(),
  steps: z.array(
    z.strictObject({ id: z.string(), name: z.string(), action: z.string(), risk: z.number(), idempotent: z.boolean() }),
  ),
  previews: z.array(z.string()).describe('Each effect in one line, measured and not caused'),
  approval: z.strictObject({
    need: z.int(),
    role: z.string().nullable(),
    including: z.string().nullable(),
    rule: z.string(),
  }),
  evidence: z
    .array(
      z.strictObject({
        recovery: z.string(),
        service: z.string(),
        succeeded: z.boolean(),
        active_ms: z.number(),
        at: z.string(),
      }),
    )
    .describe('Earlier recoveries that speak for it, or against it'),
  alternatives: z.array(
    z.strictObject({ kind: z.string(), name: z.string(), reason: z.string(), why_not: z.string().nullable() }),
  ),
  verified: z.boolean(),
  constitutional_hash: z.string(),
});
export type PlanJson = z.infer<typeof planJson>;

/** Inputs of steps are left out: they may hold what only the target may know. */
export function toPlanJson(plan: Plan, previews: string[]): PlanJson {
  return {
    dry_run: true,
    service: plan.service,
    ...planName(plan),
    description: plan.description,
    explanation: plan.explanation,
    risk_score: plan.riskScore,
    risk_reasons: plan.riskReasons,
    plan_digest: plan.digest,
    steps: plan.steps.map(({ id, name, action, risk, idempotent }) => ({ id, name, action, risk, idempotent })),
    previews,
    approval: {
      need: plan.policy.need,
      role: plan.policy.role ?? null,
      including: plan.policy.including ?? null,
      rule: plan.policy.rule,
    },
    evidence: (plan.evidence ?? []).map(({ recovery, activeMs, ...about }) => ({
      recovery: recoveryName(recovery),
      ...about,
      active_ms: activeMs,
    })),
    alternatives: plan.alternatives.map(({ kind, name, reason, whyNot = null }) => ({
      kind,
      name,
      reason,
      why_not: whyNot,
    })),
    verified: plan.verified,
    constitutional_hash: plan.constitution,
  };
}
