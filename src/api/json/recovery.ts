import { z } from 'zod';
import type { RecoveryView, VERBS, Verb } from '../../engine/engine.js';
import type { Note } from '../../engine/feedback/feedback.js';
import type { Approval } from '../../engine/model/approval.js';
import type { Plan } from '../../engine/model/plan.js';
import {
  RECOVERY_STATES,
  type RecoveryStep,
  recoveryName,
  type Snapshot,
  type StepState,
} from '../../engine/model/recovery.js';
import { drillTimes } from '../../engine/recovery/drill-times.js';
import { iso, moment } from './moment.js';

const stepJson = z.strictObject({
  id: z.string(),
  name: z.string(),
  action: z.string(),
  state: z.string().describe('pending, running, succeeded, failed, skipped, unknown, cancelled, undone or undo_failed'),
  attempts: z.int(),
  started_at: moment,
  ended_at: moment,
  summary: z.string().optional(),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});

export const approvalJson = z.strictObject({
  id: z.string(),
  step: z.string().nullable().describe('Id of the step that is asked about; null: the whole plan'),
  digest: z.string(),
  state: z.string(),
  need: z.int(),
  role: z.string(),
  including: z.string().nullable(),
  details: z
    .array(z.string())
    .optional()
    .describe('What the step would do, as far as it was known only when it was asked about'),
  decisions: z.array(
    z.strictObject({ by: z.string(), verdict: z.enum(['approve', 'reject']), via: z.string(), at: moment }),
  ),
  created_at: moment,
  expires_at: moment,
  decided_at: moment,
});

export const noteJson = z.strictObject({
  number: z.int().describe('Counts from 1; DELETE /recoveries/{id}/notes/{number} takes it back'),
  by: z.string(),
  text: z.string(),
  via: z.string(),
  at: moment,
});

const ratingJson = z.strictObject({ by: z.string(), helped: z.boolean(), via: z.string(), at: moment });

export const recoveryJson = z.strictObject({
  id: z.string().describe('Such as R-12'),
  service: z.string(),
  state: z.enum(RECOVERY_STATES),
  risk_score: z.number(),
  plan_digest: z.string(),
  runbook: z.string().optional(),
  strategy: z.string().optional(),
  requested_by: z.string(),
  reason: z.string(),
  priority: z.int(),
  steps: z.array(stepJson),
  approvals: z.array(approvalJson),
  may_approve: z.array(z.string()).describe('Who may decide the open question'),
  verbs: z.array(z.string()).describe('What can be asked of it now: POST /recoveries/{id}/{verb}'),
  queue_place: z.int().nullable().describe('1 is next; null when it does not wait for a slot'),
  unverified: z.boolean(),
  drill: z
    .strictObject({ to_notice_ms: z.int().optional(), to_recover_ms: z.int().optional() })
    .optional()
    .describe('Of a drill: until the monitor noticed, and from then until it was well again'),
  outcome: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  retry_of: z.string().nullable(),
  successor: z.string().nullable().describe('The recovery that asks in its place, or tries the same again'),
  active_ms: z.int().describe('Work, without waiting for people or for a place in the queue'),
  ratings: z.array(ratingJson).describe('Whether it helped: one vote a person'),
  notes: z.array(noteJson),
  constitutional_hash: z.string(),
  created_at: moment,
  started_at: moment,
  ended_at: moment,
});
export type RecoveryJson = z.infer<typeof recoveryJson>;

/** The one JSON form of a recovery. */
export function toRecoveryJson({ recovery, steps, approvals, ...view }: RecoveryView): RecoveryJson {
  return {
    id: recoveryName(recovery.id),
    service: recovery.service,
    state: recovery.state,
    risk_score: recovery.plan.riskScore,
    plan_digest: recovery.planDigest,
    ...planName(recovery.plan),
    requested_by: recovery.requestedBy,
    reason: recovery.reason,
    priority: recovery.priority,
    steps: steps.filter((step) => step.kind === 'do').map((step) => toStepJson(step, steps.findLast(undoes(step)))),
    approvals: approvals.map((approval) => toApprovalJson(approval, steps)),
    may_approve: view.mayApprove,
    verbs: view.verbs.map((verb) => VERB_WORDS[verb]),
    queue_place: view.queuePlace ?? null,
    unverified: recovery.unverified,
    ...toDrillJson({ recovery, steps }),
    outcome: recovery.outcome,
    retry_of: recovery.retryOf === null ? null : recoveryName(recovery.retryOf),
    successor: view.successor === undefined ? null : recoveryName(view.successor),
    active_ms: recovery.activeMs,
    ratings: view.feedback.ratings.map(({ person, helped, via, at }) => ({ by: person, helped, via, at: iso(at) })),
    notes: view.feedback.notes.map(toNoteJson),
    constitutional_hash: recovery.constitution,
    created_at: iso(recovery.createdAt),
    started_at: iso(recovery.startedAt),
    ended_at: iso(recovery.endedAt),
  };
}

function toDrillJson(snapshot: Snapshot): Pick<RecoveryJson, 'drill'> {
  if (!snapshot.recovery.plan.drill) return {};
  const { toNoticeMs, toRecoverMs } = drillTimes(snapshot) ?? {};
  return {
    drill: {
      ...(toNoticeMs === undefined ? {} : { to_notice_ms: toNoticeMs }),
      ...(toRecoverMs === undefined ? {} : { to_recover_ms: toRecoverMs }),
    },
  };
}

export function toNoteJson({ number, author, text, via, at }: Note): z.infer<typeof noteJson> {
  return { number, by: author, text, via, at: iso(at) };
}

/** `runbook` or `strategy`, by which of them the plan was made from. */
export function planName(plan: Pick<Plan, 'kind' | 'name'>): { runbook?: string; strategy?: string } {
  return plan.kind === 'runbook' || plan.kind === 'strategy' ? { [plan.kind]: plan.name } : {};
}

/** The engine's verbs as URLs spell them. */
export const VERB_WORDS: Record<Verb, string> = {
  cancel: 'cancel',
  retry: 'retry',
  mark_done: 'mark-done',
  rollback: 'rollback',
  undo: 'undo',
  escalate: 'escalate',
  ack: 'ack',
} satisfies Record<(typeof VERBS)[number], string>;

/** How the end of an undo row shows on the step that it undoes; other states of it change nothing there. */
const UNDONE: Partial<Record<StepState, string>> = { succeeded: 'undone', failed: 'undo_failed', unknown: 'unknown' };

function undoes(step: RecoveryStep) {
  return (other: RecoveryStep) => other.kind === 'undo' && other.undoes === step.position;
}

function toStepJson(step: RecoveryStep, undo: RecoveryStep | undefined): RecoveryJson['steps'][number] {
  const error = undo?.error ?? step.error;
  return {
    id: step.id,
    name: step.name,
    action: step.action,
    state: (undo && UNDONE[undo.state]) ?? step.state,
    attempts: step.attempts,
    started_at: iso(step.startedAt),
    ended_at: iso(step.endedAt),
    ...(step.result?.summary ? { summary: step.result.summary } : {}),
    ...(error ? { error: { code: error.code, message: error.message } } : {}),
  };
}

export function toApprovalJson(approval: Approval, steps: RecoveryStep[]): RecoveryJson['approvals'][number] {
  return {
    id: approval.id,
    step: steps.find((step) => step.position === approval.step)?.id ?? null,
    digest: approval.digest,
    state: approval.state,
    need: approval.need,
    role: approval.role,
    including: approval.including,
    ...(approval.detail ? { details: approval.detail.lines } : {}),
    decisions: approval.decisions.map(({ principal, verdict, via, at }) => ({
      by: principal,
      verdict,
      via,
      at: iso(at),
    })),
    created_at: iso(approval.createdAt),
    expires_at: iso(approval.expiresAt),
    decided_at: iso(approval.decidedAt),
  };
}
