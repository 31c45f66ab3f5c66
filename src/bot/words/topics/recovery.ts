import type { Role } from '../../../engine/model/person.js';
import type { Alternative } from '../../../engine/model/plan.js';
import type { RecoveryState, StepState } from '../../../engine/model/recovery.js';

/** Numbers of steps are as people see them, beginning at 1; `digest` is its short form. */

/** What every card of a recovery says. */
export interface FactWords {
  /** `Ann, approved by Lee` */
  asked(by: string, approvers: readonly string[]): string;
  /** `risk 0.4: restores data` */
  risk(risk: number, reasons: readonly string[]): string;
  /** Somebody's own words, as a quotation. */
  reason(text: string): string;
  /** `restart (6 of 14)` */
  alternative(other: Alternative): string;
  states: Readonly<Record<RecoveryState, string>>;
  progress: {
    nothing: string;
    nothingElse: string;
    notKnown(steps: readonly number[]): string;
    done(steps: readonly number[]): string;
    notStarted(steps: readonly number[]): string;
  };
  undo: {
    done(steps: readonly number[]): string;
    failed(steps: readonly number[]): string;
    notNeeded(steps: readonly number[]): string;
  };
}

/** The right column of a step. */
export interface StepWords {
  between(attempts: number, inMs: number): string;
  needsApproval: string;
  attempt(n: number): string;
  failed(attempts: number): string;
  skipped(why: string): string;
  undone: string;
  ended: Readonly<Record<Extract<StepState, 'unknown' | 'cancelled'>, string>>;
  /** Rows that were folded into one, by their first and last number. */
  folded(first: number, last: number): string;
}

/** AWAITING_APPROVAL and SCHEDULED. */
export interface WaitingWords {
  /** `waiting for approval of step 2 (1 of 2)`; `step` undefined: the whole plan. */
  approval(step: number | undefined, vote: number, need: number): string;
  attempt(n: number, inMs: number): string;
  queued(place: number): string;
  aboutToStart: string;
  decided: string;
  /** The next step's pool has no live worker. */
  noWorker: { title(pool: string): string; remedy(pool: string): string };
  votes(given: readonly string[], may: readonly string[], including: Role | null): string;
  /** It asks in the place of another recovery; `why` says what had changed, without a full stop. */
  replaces(recovery: string, why: string): string;
  /** What it was asked for is over: is it still needed? */
  wellAgain(service: string, agoMs: number): string;
  ifItFails: {
    stops: string;
    cannotUndo: string;
    /** `except`: steps that cannot be undone. */
    undoes(except: readonly number[]): string;
  };
  digest(step: number | undefined, digest: string): string;
  expires(inMs: number): string;
  otherPlans(others: readonly string[]): string;
}

/** IN_PROGRESS, ROLLING_BACK and AWAITING_MANUAL. */
export interface RunningWords {
  at(steps: readonly number[], of: number): string;
  verifying(of: number): string;
  cancelling(by: string): string;
  rollingBack(nth: number, of: number): string;
  stuck: Readonly<Record<'unknown' | 'stopped' | 'not_begun', string>>;
  needsPerson: string;
  beginByRetry: string;
  /** `number` undefined: an undo step. */
  failed(number: number | undefined, name: string, error: string): string;
  interrupted(number: number | undefined, name: string, beganAgoMs: number | undefined): string;
  lookedAt(seen: string | undefined): string;
  lastError(number: number, attempt: number, error: string): string;
  /** What the card has no room for. */
  more(n: number): string;
}

/** The four ends. */
export interface EndedWords {
  /** `activeMs` undefined: nobody was waited for. */
  recovered(totalMs: number, activeMs: number | undefined): string;
  unverified(totalMs: number, activeMs: number | undefined): string;
  nobodyChecks(service: string): string;
  failed: string;
  rolledBack: string;
  expired: string;
  rejected(by: string | undefined): string;
  cancelled: string;
  after(ms: number): string;
  /** The recovery that took this one's place; `anew`: since its plan had changed. */
  successor(recovery: string, anew: boolean): string;
  /** Who said that it helped, and who that it did not; beside the buttons Yes and No. */
  didThisHelp(yes: readonly string[], no: readonly string[]): string;
  next(alternative: string): string;
}

/** What a click destroys, where, who depends on it, and by which plan. */
export interface Stakes {
  recovery: string;
  service: string;
  /** `shop-web depends on it` */
  dependents: string | undefined;
  digest: string;
}

/** Asked before a destructive click. */
export interface ConfirmWords {
  approve(stakes: Stakes, step: number | undefined, risk: string): string;
  retryUnknown(stakes: Stakes, steps: readonly number[]): string;
  markDone(stakes: Stakes, steps: readonly number[]): string;
  rollBack(stakes: Stakes): string;
  undo(stakes: Stakes): string;
  cancel(stakes: Stakes): string;
}

/** What `Details` and `why` add. */
export interface DetailWords {
  step(name: string, error: string): string;
  approval(step: number | undefined, digest: string, state: string): string;
  decision(by: string, verdict: 'approve' | 'reject', via: string): string;
  priority(n: number): string;
  askedAgo(ms: number): string;
  retryOf(recovery: string): string;
  why(plan: string): string;
  noEvidence: string;
  riskSentence(risk: string): string;
  policy(need: number, rule: string): string;
  instead(alternative: string, whyNot: string | undefined): string;
  /** An earlier recovery that speaks for the plan, or against it. */
  evidence(recovery: string, succeeded: boolean, activeMs: number, agoMs: number | undefined): string;
  note(number: number, author: string, agoMs: number, text: string): string;
  ratings(yes: readonly string[], no: readonly string[]): string;
}
