import type { Json, JsonObject } from './json.js';
import type { ActionCall, OnFailure, Plan, StepResult, StepScope } from './plan.js';
import type { RetryPolicy } from './retry-policy.js';

/** Names as in the Recovery Orchestrator document; a service with no recovery is IDLE. */
export const RECOVERY_STATES = [
  'SCHEDULED',
  'AWAITING_APPROVAL',
  'IN_PROGRESS',
  'AWAITING_MANUAL',
  'ROLLING_BACK',
  'SUCCEEDED',
  'FAILED',
  'ROLLED_BACK',
  'CANCELLED',
] as const;
export type RecoveryState = (typeof RECOVERY_STATES)[number];

export const TERMINAL_STATES = [
  'SUCCEEDED',
  'FAILED',
  'ROLLED_BACK',
  'CANCELLED',
] as const satisfies readonly RecoveryState[];

export function isTerminal(state: RecoveryState): boolean {
  return (TERMINAL_STATES as readonly RecoveryState[]).includes(state);
}

/** All others: they still hold their service. */
export const ACTIVE_STATES: readonly RecoveryState[] = RECOVERY_STATES.filter((state) => !isTerminal(state));

/** Waiting for a person frees the slot, not the claim (D9). */
export function waitsForPerson(state: RecoveryState): boolean {
  return state === 'AWAITING_APPROVAL' || state === 'AWAITING_MANUAL';
}

/**
 * pending    not begun, or between two attempts (`nextAttemptAt`)
 * running    its intent is committed; the effect may or may not have happened
 * unknown    a worker died inside it and reality gave no answer: a person decides
 * cancelled  aborted by a cancel; its effect did not happen
 */
export type StepState = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'unknown' | 'cancelled';

export interface StepError {
  code: string;
  message: string;
  /** The action says that it had touched nothing yet. */
  untouched?: boolean;
  facts?: JsonObject;
}

/** A step of a recovery, as stored. Undo steps are rows of their own: rolling back is running more steps. */
export interface RecoveryStep {
  position: number;
  stage: number;
  kind: 'do' | 'undo';
  /** For an undo step: position of the step that it undoes. */
  undoes: number | null;
  id: string;
  name: string;
  action: string;
  input: JsonObject;
  risk: number;
  timeoutMs: number;
  retry: RetryPolicy;
  onFailure: OnFailure;
  idempotent: boolean;
  pool: string;
  approval: 'auto' | 'always' | 'never';
  when: string | null;
  verify: ActionCall | null;
  /** undefined in a plan becomes `'inverse'` here; null: nothing to undo. */
  rollback: ActionCall | 'inverse' | null;
  services: string[];
  scope?: StepScope;
  state: StepState;
  attempts: number;
  startedAt: Date | null;
  endedAt: Date | null;
  nextAttemptAt: Date | null;
  /** What the step's target looked like when the intent was committed: the evidence for `probe`. */
  before: JsonObject | null;
  /** What it looked like before an earlier attempt, if there was one: what undoing it goes back to (D10). */
  firstBefore: JsonObject | null;
  result: StepResult | null;
  error: StepError | null;
  /** How often a worker died inside it: a step that kills its worker must not do so for ever. */
  interruptions: number;
  /** The approval of this very step, once given; consumed when it begins. */
  approvalId: string | null;
}

/** A step that has not begun, or begins anew. */
export const UNBEGUN = {
  state: 'pending',
  attempts: 0,
  startedAt: null,
  endedAt: null,
  nextAttemptAt: null,
  before: null,
  firstBefore: null,
  result: null,
  error: null,
} as const satisfies Partial<RecoveryStep>;

/** Where a request came from; opaque outside the adapter that made it. */
export interface Origin {
  platform: string;
  channel?: string;
  thread?: string;
  /** Asked where nobody else reads, such as a direct message. */
  private?: boolean;
  /** Where a program asked: the person whose token it is, who cannot approve it either. */
  owner?: string;
  /** W3C traceparent of the command: the trace to which all that happens belongs. */
  traceparent?: string;
  /** The platform's id of what was typed or pressed: no second recovery is made for it. */
  request?: string;
}

export interface Outcome {
  code: string;
  message: string;
}

/** The durable execution of a plan; people see it as `R-12`. */
export interface Recovery {
  id: number;
  service: string;
  state: RecoveryState;
  plan: Plan;
  planDigest: string;
  /** SHA-256 of (service, runbook, strategy, params): the same request again finds this recovery. */
  requestDigest: string;
  incidentId: number | null;
  requestedBy: string;
  reason: string;
  origin: Origin;
  priority: number;
  constitution: string;
  /** Services that it claims while it is not terminal, in claiming order. */
  claims: string[];
  /** Pool of the next step: which workers may take it. */
  pool: string;
  /** Grows with each taker; every write of a worker compares it. */
  epoch: number;
  owner: string | null;
  /** Grows with each write of state; a write compares it, so that none is lost and none is applied twice. */
  revision: number;
  /** Grows with every change that people can see, also a wish to cancel. */
  version: number;
  wakeAt: Date | null;
  /** Attempts of the recovery as a whole; `retry` bounds them (D12). */
  attempts: number;
  nextAttemptAt: Date | null;
  retry: RetryPolicy;
  /** Milliseconds of work, waiting for people excluded, up to `activeSince`. */
  activeMs: number;
  activeSince: Date | null;
  timeoutMs: number;
  /** The approval that the first start consumes; null: policy asked for none. */
  approvalId: string | null;
  /** Set by a cancel from anywhere; the owner obeys it at once. */
  cancelBy: string | null;
  unverified: boolean;
  outcome: Outcome | null;
  retryOf: number | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

export interface Snapshot {
  recovery: Recovery;
  steps: RecoveryStep[];
}

/** A fact for the event log; chat, WebSocket, audit and metrics are made from these. */
export interface NewEvent {
  kind: string;
  actor: string;
  data: { [key: string]: Json | undefined };
}

/** An effect outside, sent by the outbox at least once under its key (D5). */
export interface NewEffect {
  key: string;
  kind: string;
  payload: JsonObject;
}

/** `R-12` */
export function recoveryName(id: number): string {
  return `R-${id}`;
}

/** 12 of `R-12`, `r-12` or `12`; undefined for anything else. */
export function parseRecoveryName(text: string): number | undefined {
  const match = /^(?:r-?)?(\d{1,9})$/i.exec(text.trim());
  return match ? Number(match[1]) : undefined;
}
