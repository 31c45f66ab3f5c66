import type { Approval, ApprovalState, Decision } from '../engine/model/approval.js';
import type { JsonObject } from '../engine/model/json.js';
import type { Role } from '../engine/model/person.js';
import type { Plan, PlannedStep, StepResult } from '../engine/model/plan.js';
import type {
  Origin,
  Outcome,
  Recovery,
  RecoveryState,
  RecoveryStep,
  Snapshot,
  StepError,
  StepState,
} from '../engine/model/recovery.js';
import type { RetryPolicy } from '../engine/model/retry-policy.js';
import type { StoredEvent } from '../engine/ports.js';
import type { StepDefinition } from '../engine/recovery/step-definition.js';

/** A timestamp as the driver gives it: a Date in a column, text inside JSON. */
type Time = Date | string;

export interface StepRow {
  position: number;
  definition: StepDefinition;
  state: StepState;
  attempts: number;
  started_at: Time | null;
  ended_at: Time | null;
  next_attempt_at: Time | null;
  before: JsonObject | null;
  first_before: JsonObject | null;
  result: StepResult | null;
  error: StepError | null;
  approval_id: string | null;
  interruptions: number;
}

/** A plan as stored: its steps are the step rows. */
export type PlanBody = Omit<Plan, 'steps'>;

export interface RecoveryRow {
  id: number;
  service: string;
  state: RecoveryState;
  plan: PlanBody;
  plan_digest: string;
  request_digest: string;
  incident_id: number | null;
  requested_by: string;
  reason: string;
  origin: Origin;
  priority: number;
  constitution: string;
  claims: string[];
  retry: RetryPolicy;
  timeout_ms: number;
  unverified: boolean;
  retry_of: number | null;
  created_at: Date;
  pool: string;
  epoch: number;
  revision: number;
  version: number;
  owner: string | null;
  wake_at: Date | null;
  attempts: number;
  next_attempt_at: Date | null;
  active_ms: string;
  active_since: Date | null;
  approval_id: string | null;
  cancel_by: string | null;
  outcome: Outcome | null;
  started_at: Date | null;
  ended_at: Date | null;
  steps: StepRow[] | null;
}

export function toSnapshot(row: RecoveryRow): Snapshot {
  const steps = (row.steps ?? []).map(toStep);
  const plan: Plan = { ...row.plan, steps: (row.steps ?? []).filter((s) => s.definition.kind === 'do').map(toPlanned) };
  return { recovery: toRecovery(row, plan), steps };
}

export function toRecovery(row: RecoveryRow, plan: Plan): Recovery {
  return {
    id: row.id,
    service: row.service,
    state: row.state,
    plan,
    planDigest: row.plan_digest,
    requestDigest: row.request_digest,
    incidentId: row.incident_id,
    requestedBy: row.requested_by,
    reason: row.reason,
    origin: row.origin,
    priority: row.priority,
    constitution: row.constitution,
    claims: row.claims,
    pool: row.pool,
    epoch: row.epoch,
    owner: row.owner,
    revision: row.revision,
    version: row.version,
    wakeAt: row.wake_at,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    retry: row.retry,
    activeMs: Number(row.active_ms),
    activeSince: row.active_since,
    timeoutMs: row.timeout_ms,
    approvalId: row.approval_id,
    cancelBy: row.cancel_by,
    unverified: row.unverified,
    outcome: row.outcome,
    retryOf: row.retry_of,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** Written out: objects made by spreading many keys are hash tables to V8, ten times as large and slow to copy. */
function toStep(row: StepRow): RecoveryStep {
  const { definition } = row;
  const step: RecoveryStep = {
    position: row.position,
    stage: definition.stage,
    kind: definition.kind,
    undoes: definition.undoes,
    id: definition.id,
    name: definition.name,
    action: definition.action,
    input: definition.input,
    risk: definition.risk,
    timeoutMs: definition.timeoutMs,
    retry: definition.retry,
    onFailure: definition.onFailure,
    idempotent: definition.idempotent,
    pool: definition.pool,
    approval: definition.approval,
    when: definition.when,
    verify: definition.verify,
    rollback: definition.rollback,
    services: definition.services,
    state: row.state,
    attempts: row.attempts,
    interruptions: row.interruptions,
    startedAt: time(row.started_at),
    endedAt: time(row.ended_at),
    nextAttemptAt: time(row.next_attempt_at),
    before: row.before,
    firstBefore: row.first_before,
    result: row.result,
    error: row.error,
    approvalId: row.approval_id,
  };
  if (definition.scope) step.scope = definition.scope;
  return step;
}

/** The plan's step as it was approved: every field of it is in the digest, so one that is forgotten here stops the recovery. */
function toPlanned({ definition }: StepRow): PlannedStep {
  const step: PlannedStep = {
    id: definition.id,
    name: definition.name,
    action: definition.action,
    input: definition.input,
    stage: definition.stage,
    risk: definition.risk,
    timeoutMs: definition.timeoutMs,
    retry: definition.retry,
    onFailure: definition.onFailure,
    idempotent: definition.idempotent,
    pool: definition.pool,
    approval: definition.approval,
    services: definition.services,
    actionVersion: definition.actionVersion ?? 0,
  };
  if (definition.when !== null) step.when = definition.when;
  if (definition.verify !== null) step.verify = definition.verify;
  if (definition.rollback !== 'inverse') step.rollback = definition.rollback;
  if (definition.scope) step.scope = definition.scope;
  return step;
}

export function definitionOf(step: RecoveryStep): StepDefinition {
  const {
    position,
    state,
    attempts,
    startedAt,
    endedAt,
    nextAttemptAt,
    before,
    firstBefore,
    result,
    error,
    approvalId,
    interruptions,
    ...definition
  } = step;
  return definition;
}

export interface ApprovalRow {
  id: string;
  recovery_id: number;
  step: number | null;
  digest: string;
  need: number;
  role: Role;
  including: Role | null;
  requested_by: string;
  owner: string | null;
  state: ApprovalState;
  created_at: Date;
  expires_at: Date;
  decided_at: Date | null;
  use_before: Date | null;
  detail: Approval['detail'] | null;
  decisions:
    | { principal: string; roles: Role[]; by_group: Role[]; verdict: Decision['verdict']; via: string; at: Time }[]
    | null;
}

export function toApproval(row: ApprovalRow): Approval {
  return {
    id: row.id,
    recoveryId: row.recovery_id,
    step: row.step,
    digest: row.digest,
    need: row.need,
    role: row.role,
    including: row.including,
    requestedBy: row.requested_by,
    ...(row.owner === null ? {} : { owner: row.owner }),
    state: row.state,
    decisions: (row.decisions ?? []).map(({ principal, roles, by_group: byGroup, verdict, via, at }) => ({
      principal,
      roles,
      byGroup,
      verdict,
      via,
      at: new Date(at),
    })),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
    useBefore: row.use_before,
    ...(row.detail ? { detail: row.detail } : {}),
  };
}

export interface EventRow {
  id: string;
  at: Date;
  xid: string;
  recovery_id: number | null;
  kind: string;
  actor: string;
  data: StoredEvent['data'];
}

export function toEvent(row: EventRow): StoredEvent {
  return {
    id: Number(row.id),
    at: row.at,
    recoveryId: row.recovery_id,
    kind: row.kind,
    actor: row.actor,
    data: row.data,
  };
}

function time(value: Time | null): Date | null {
  return value === null ? null : new Date(value);
}
