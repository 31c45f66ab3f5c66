import type { Service } from '../model/service.js';
import type { Ending, Stage } from './stage.js';
import { AUTO_DEFAULTS, type AutoRules, afterEndings, stageNow } from './stage.js';

/** Where the stages live. */
export interface AutoRecoverStore {
  stage(service: string): Promise<Stage | undefined>;
  /** Ended recoveries of a service above this number that tell something, the oldest first. */
  endings(service: string, after: number, automatic: readonly string[]): Promise<Ending[]>;
  /** Recoveries of a service that these have asked for since then. */
  startedLately(service: string, by: readonly string[], withinMs: number): Promise<number>;
  /** With an event when the stage is another one than before. */
  save(service: string, stage: Stage, changed: boolean): Promise<void>;
}

/** For `/recover policy`. */
export interface AutoRecoverView extends Stage {
  service: string;
  when: string;
  rules: AutoRules;
  /** Begun by itself within the last hour. */
  lately: number;
}

/** Who asks for recoveries that nobody clicked. */
export const AUTOMATIC = ['auto_recover', 'breaker'] as const;
export const HOUR_MS = 3_600_000;

export function rulesOf({ autoRecoverRules }: Pick<Service, 'autoRecoverRules'>): AutoRules {
  return autoRecoverRules ?? AUTO_DEFAULTS;
}

/** The stage with all that has ended since it was looked at; what changed is kept. */
export async function learned(service: Service, store: AutoRecoverStore): Promise<Stage> {
  const rules = rulesOf(service);
  const before = stageNow(await store.stage(service.name), rules);
  const endings = await store.endings(service.name, before.seen, AUTOMATIC);
  const after = afterEndings(before, endings, rules);
  if (after.seen !== before.seen) await store.save(service.name, after, after.stage !== before.stage);
  return after;
}

/** Of each service that has a rule. */
export async function autoRecoverViews(
  services: readonly Service[],
  store: AutoRecoverStore,
): Promise<AutoRecoverView[]> {
  return Promise.all(
    services.flatMap((service) =>
      service.autoRecover === undefined ? [] : [viewOf(service, service.autoRecover, store)],
    ),
  );
}

async function viewOf(service: Service, when: string, store: AutoRecoverStore): Promise<AutoRecoverView> {
  const [stage, lately] = await Promise.all([
    learned(service, store),
    store.startedLately(service.name, AUTOMATIC, HOUR_MS),
  ]);
  return { ...stage, service: service.name, when, rules: rulesOf(service), lately };
}
