import type { ServiceHealth } from '../../../engine/engine.js';
import type { Ended, PlanRecord } from '../../../engine/history/history.js';

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
  /** One of Reviver's own parts: `loss of postgres` */
  lossOf(part: string): string;
  lostData(ms: number): string;
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
