import type { Role } from '../../../engine/model/person.js';

/** Lines of a recovery's thread. `step` is what `step()` or `undo()` gave; texts are one line each. */
export interface ThreadWords {
  step(number: number, name: string): string;
  started: string;
  takenOver(from: string): string;
  rollingBack(why: string): string;
  retried(by: string): string;
  markedDone(by: string): string;
  nextAttempt(attempt: string, why: string, inMs: number): string;
  waitsForPerson(why: string): string;
  escalated(why: string): string;
  noWorker(pool: string): string;
  stepStarted(step: string, attempt: number): string;
  stepDone(step: string, ms: number): string;
  stepRetry(step: string, error: string, inMs: number): string;
  stepFailed(step: string, error: string): string;
  stepUnknown(step: string, evidence: string): string;
  stepNotDone(step: string, evidence: string): string;
  stepSkipped(step: string, why: string): string;
  stepStopped(step: string, evidence: string): string;
  /** What a program wrote, as a quotation. */
  log(text: string): string;
  looksAfter(by: string): string;
  approved(by: string, more: boolean): string;
  rejected(by: string): string;
  because(reason: string): string;
}

/** What is said once, to call people. */
export interface NoteWords {
  needs(facts: {
    recovery: string;
    service: string;
    approvals: number;
    what: string;
    by: string;
    agoMs: number;
    may: readonly string[];
    role: Role;
  }): string;
  stillWaiting(needs: string, expiresInMs: number): string;
}
