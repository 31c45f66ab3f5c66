import type { Snapshot } from '../engine/model/recovery.js';
import type { RecoveryDraft } from '../engine/ports.js';
import { needsOf } from '../engine/recovery/abilities.js';
import { toDefinition } from '../engine/recovery/step-definition.js';
import { unbegunStep } from '../engine/recovery/unbegun.js';
import { toRecovery } from './rows.js';

/** What a new recovery's row is given. */
function columnsOf({ plan, ...draft }: RecoveryDraft) {
  const { steps, ...body } = plan;
  return {
    service: draft.service,
    state: draft.state,
    plan: body,
    plan_digest: body.digest,
    request_digest: draft.requestDigest,
    incident_id: draft.incidentId,
    requested_by: draft.requestedBy,
    reason: draft.reason,
    origin: draft.origin,
    priority: draft.priority,
    constitution: body.constitution,
    claims: draft.claims,
    retry: draft.retry,
    timeout_ms: draft.timeoutMs,
    unverified: !body.verified,
    retry_of: draft.retryOf,
    pool: steps[0]?.pool ?? 'default',
  };
}

/** The argument of CREATE. */
export function draftJson(draft: RecoveryDraft): string {
  const { plan, approval } = draft;
  return JSON.stringify({
    ...columnsOf(draft),
    template_id: plan.kind === 'runbook' ? plan.name : null,
    parameters: plan.params,
    risk_score: plan.riskScore,
    status: 'pending',
    plan_key: draft.planKey ?? null,
    wake_in_ms: draft.wakeInMs,
    needs: needsOf(plan.steps),
    approval: approval && {
      id: approval.id,
      step: approval.step,
      digest: approval.digest,
      need: approval.need,
      role: approval.role,
      including: approval.including,
      expires_in_ms: approval.expiresInMs,
    },
    steps: plan.steps.map(toDefinition),
    events: draft.events,
    effects: draft.effects,
  });
}

/** What was stored, without reading it back. */
export function fromDraft(
  draft: RecoveryDraft,
  made: { id: number; created_at: Date; wake_at: Date | null },
): Snapshot {
  const untouched = { epoch: 0, revision: 0, version: 1, owner: null, attempts: 0, next_attempt_at: null } as const;
  const notBegun = { active_ms: '0', active_since: null, started_at: null, ended_at: null } as const;
  const recovery = toRecovery(
    {
      ...columnsOf(draft),
      ...made,
      ...untouched,
      ...notBegun,
      approval_id: draft.approval?.id ?? null,
      cancel_by: null,
      outcome: null,
      steps: [],
    },
    draft.plan,
  );
  return { recovery, steps: draft.plan.steps.map(unbegunStep) };
}
