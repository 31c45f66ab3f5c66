import type { ServiceHealth } from '../../../engine/engine.js';
import type { Ended, PlanRecord } from '../../../engine/history/history.js';
import type { RecoveryState } from '../../../engine/model/recovery.js';

/** The post of an incident. */
export interface IncidentWords {
  /** `ageMs` undefined: it has just begun. */
  firing(ageMs: number | undefined): string;
  acknowledged(by: string | undefined): string;
  /** 0 .. 1 */
  severity(value: number): string;
  alerts(n: number): string;
  /** What the alert says, as a quotation: these are not Reviver's words. */
  says(text: string): string;
  recovering(recovery: string): string;
  recovered(ms: number, recovery: string): string;
  resolvedByItself(afterMs: number | undefined): string;
  didNotHelp(recovery: string, state: RecoveryState, why: string | undefined): string;
  remedy(plan: string, steps: readonly string[], risk: number): string;
  why(evidence: string): string;
  /** The answer to an acknowledgement; `what` names the incident. */
  looksAfter(what: string, by: string | undefined): string;
  resolvedAlready(what: string): string;
}

export interface StatusWords {
  /** `waiting` are recoveries with their age, as `R-41, 3 min`. */
  title(facts: {
    running: number;
    forPeople: number;
    waiting: readonly string[];
    unknown: number;
    queued: number;
    redis: 'ok' | 'down';
    postgres: 'ok' | 'down';
    workers: number;
  }): string;
  waits(recovery: string, ms: number): string;
  /** Nothing is known without the database. */
  blind(redis: 'ok' | 'down'): string;
  services(names: readonly string[]): string;
  lookDirectly: string;
  redisDown: string;
  noWorker: string;
  health: {
    notChecked: string;
    since(status: ServiceHealth['status'], ms: number): string;
    lastCheckFailed(how: string): string;
    until(since: string): string;
  };
  noRecovery: string;
}

/** `list`, `history`, dry runs and the forms. */
export interface ListWords {
  title(services: number, runbooks: number): string;
  anyService: string;
  lastRecoveries(service: string | undefined): string;
  noneEnded(service: string | undefined): string;
  /** `succeeded in 3.6 s, waited 8.2 s`; `waitedMs` undefined: nothing to speak of. */
  endedAs(one: Pick<Ended, 'state' | 'code' | 'unverified' | 'activeMs'>, waitedMs: number | undefined): string;
  ago(ms: number): string;
  /** `helped 2, did not 1` */
  rated(helped: number, didNot: number): string;
  notes(n: number): string;
  /** `redis_outage: 9 of 10 succeeded, median 12.0 s` */
  record(record: PlanRecord): string;
  /** What records look back on. */
  lookedBack(n: number): string;
  dryRun: {
    title(service: string, plan: string): string;
    need(n: number): string;
    others(names: readonly string[]): string;
  };
  form: { title: string; hint: string; planTitle: string; planHint: string; noService: string };
}
