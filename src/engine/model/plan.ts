import type { Json, JsonObject } from './json.js';
import type { RetryPolicy } from './retry-policy.js';

/** An action with its input: what a step does, and how it is verified or undone. */
export interface ActionCall {
  action: string;
  input: JsonObject;
}

export type OnFailure = 'rollback' | 'stop' | 'continue';

/** A concrete step: nothing in it is resolved later, except `when`. */
export interface PlannedStep extends ActionCall {
  /** Unique in the plan. */
  id: string;
  name: string;
  /** Steps of one stage run side by side; a stage begins when the one before it has ended. */
  stage: number;
  /** 0 harmless .. 1 destructive. */
  risk: number;
  timeoutMs: number;
  retry: RetryPolicy;
  onFailure: OnFailure;
  idempotent: boolean;
  pool: string;
  approval: 'auto' | 'always' | 'never';
  /** CEL; the step is skipped when it is false. */
  when?: string;
  verify?: ActionCall;
  /** Absent: the action's own inverse, where it has one. `null`: declared irreversible. */
  rollback?: ActionCall | null;
  /** Services that this step touches; they are claimed. */
  services: string[];
  /** Version of the action's meaning; part of the digest. */
  actionVersion: number;
  /** Of a step that a runbook within the runbook brought in: what its conditions mean by their names. */
  scope?: StepScope;
  /** As one line, `stop_service: redis`, while the plan is put together; it determines nothing, and goes into its `lines`. */
  line?: string;
}

export interface StepScope {
  /** Begins the ids of the steps that came with it. */
  prefix: string;
  service: string;
  params: JsonObject;
}

/** A service as it was when the plan was made; the plan is stale when it no longer is so. */
export interface TargetState {
  service: string;
  runtime: string;
  status: string;
  facts: JsonObject;
}

export interface Alternative {
  kind: Plan['kind'];
  name: string;
  /** What is known of it, in a few words: `3 of 4 for redis`, `no history`. */
  reason: string;
  /** One sentence without a stop: why it was not chosen. Plans of older versions do not say. */
  whyNot?: string;
}

/** An earlier recovery that speaks for a plan, or against it. */
export interface PlanEvidence {
  recovery: number;
  service: string;
  succeeded: boolean;
  /** Work without waiting for people. */
  activeMs: number;
  /** When it ended: ISO 8601. */
  at: string;
}

/** What made a plan riskier than its steps are, at the moment when it was made. */
export interface Circumstances {
  /** Freezes that held for the service, the greatest raise first; `until` is `2026-11-30 08:00 Europe/Berlin`. */
  freezes: { name: string; raise: number; until: string }[];
  /** Services that are hurt when this one is, also through others. */
  dependents: string[];
  /** Runs of this plan on this service that failed within the last seven days. */
  recentFailures: number;
  /** Whole days since a verified success of this plan on this service; null: never; absent: nothing could tell. */
  daysSinceProven?: number | null;
}

export interface PolicyDecision {
  /** How many people must approve; 0: none. */
  need: number;
  role?: string;
  /** A role that at least one of them must have. */
  including?: string;
  /** The rule that decided, as written. */
  rule: string;
}

/** A runbook or strategy bound to an incident. */
export interface Plan {
  service: string;
  /** `steps`: those of an undo. `sent`: those that a program has sent. */
  kind: 'runbook' | 'strategy' | 'steps' | 'sent';
  name: string;
  description: string;
  params: JsonObject;
  /** What was known of the incident when the plan was made (`severity`, `title`): conditions of steps may ask for it. */
  incident?: JsonObject;
  steps: PlannedStep[];
  /** Each step as one line; null: what Reviver adds by itself, such as its look at the end. Plans of older versions have none. */
  lines?: (string | null)[];
  /** As declared by the runbook, or computed from the steps; what `risk_score` reports. */
  riskScore: number;
  /** The greater of the plan's and its riskiest step's: what policy decides on. */
  risk: number;
  /** What made the risk what it is, one short phrase each. */
  riskReasons: string[];
  /** What rules could read of the moment. Plans of older versions do not say. */
  circumstances?: Circumstances;
  /** What was known of the incident, in its own words: by it the outcome is found when there is another one like it. */
  about?: string;
  /** It begins by breaking its service, which is put back whatever becomes of it. */
  drill?: true;
  /** One line: why this plan. */
  explanation: string;
  /** The recoveries that say most about it, the most telling first, at most five. Plans of older versions do not say. */
  evidence?: PlanEvidence[];
  alternatives: Alternative[];
  targets: TargetState[];
  /** False when the target has no health check: it can only end *unverified*. */
  verified: boolean;
  /** For all steps together, when the runbook says so; else `recovery_timeout` of the configuration holds. */
  timeoutMs?: number;
  policy: PolicyDecision;
  constitution: string;
  /** SHA-256, hex, over everything that determines effects. */
  digest: string;
}

/** What one attempt of a step gave. */
export interface StepResult {
  /** A few words for the card, such as `1,204 keys`. */
  summary?: string;
  [fact: string]: Json | undefined;
}
