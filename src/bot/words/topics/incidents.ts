import type { RecoveryState } from '../../../engine/model/recovery.js';

/** The post of an incident, and what is said of it. */
export interface IncidentWords {
  /** `ageMs` undefined: it has just begun. */
  firing(ageMs: number | undefined): string;
  acknowledged(by: string | undefined): string;
  /** 0 .. 1 */
  severity(value: number): string;
  alerts(n: number): string;
  /** Some of its alerts are over. */
  alertsFiring(firing: number, all: number): string;
  /** What the alert says, as a quotation: these are not Reviver's words. */
  says(text: string): string;
  recovering(recovery: string): string;
  recovered(ms: number, recovery: string): string;
  resolvedByItself(afterMs: number | undefined): string;
  /** It is well, but whoever sent the alerts has not said so yet. */
  stillFiring(n: number): string;
  didNotHelp(recovery: string, state: RecoveryState, why: string | undefined): string;
  remedy(plan: string, steps: readonly string[], risk: number): string;
  why(evidence: string): string;
  /** No service of the configuration is known by what the alert says. */
  unmapped: string;
  silenced(forMs: number, by: string): string;
  /** `auto_recover`: what it would have started, and why it has not. */
  wouldHaveRun(plan: string, why: string): string;
  notByItself(why: string): string;
  /** The answer to an acknowledgement; `what` names the incident. */
  looksAfter(what: string, by: string | undefined): string;
  resolvedAlready(what: string): string;
  escalated(what: string): string;
  isSilenced(what: string, forMs: number): string;
  isHeard(what: string): string;
  forHowLong(what: string): string;
  /** Menu of plans. */
  plans(what: string): string;
  noPlan(what: string): string;
  which(what: string): string;
  belongsTo(what: string, service: string): string;
  /** Which alert is meant. */
  noneOpen(word: string, names: readonly string[]): string;
  several(word: string, names: readonly string[]): string;
  notADuration(text: string): string;
}

/** `auto_recover`: what begins without a click. */
export interface PolicyWords {
  title: string;
  none: string;
  line(facts: {
    service: string;
    when: string;
    stage: 'shadow' | 'live';
    verified: number;
    promoteAfter: number;
    lately: number;
    limit: number;
    why: string;
  }): string;
  hint: string;
}
