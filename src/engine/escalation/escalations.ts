import { formatDuration } from '../model/duration.js';
import type { Service } from '../model/service.js';
import type { Dispatcher, EscalationStore, Log } from '../ports.js';
import { escalationOfKey } from './dedup-key.js';
import type { Contacts, Escalation, Policies, Reason, Stage } from './escalation.js';
import { escalationName, PAGERS } from './escalation.js';
import { DEFAULT_POLICY, dueAfterMs, hurryTo, isUrgent, stagesOf, TEST_CODE, tellingOf } from './policy.js';

export interface EscalationOptions {
  store: EscalationStore;
  policies: Policies;
  contacts: Contacts;
  services(): readonly Service[];
  dispatcher: Pick<Dispatcher, 'changed'>;
  /** Names this installation at pagers. */
  installation: string;
  log: Log;
}

export interface Escalations {
  /** Opens an escalation, or joins its reason to the one that is open; said twice it is the same. */
  raise(reason: Reason): Promise<{ escalation: Escalation; created: boolean; fresh: boolean }>;
  /** One look of the leader: reasons that time brings, channels that fail, levels that are due, what is over. */
  look(): Promise<void>;
  /** Nobody more is called. Undefined: nobody was about to be. */
  acknowledge(which: { id: number } | { service: string }, by: string): Promise<Escalation | undefined>;
  /** A page to everybody that pagers reach, and its end at once. */
  test(key: string, by: string): Promise<Escalation>;
  get(id: number): Promise<Escalation | undefined>;
  /** Not resolved: all, or of one service. */
  unresolved(service?: string): Promise<Escalation[]>;
  /** The latest one in which each recovery was a reason; one that never was is absent. */
  ofRecoveries(...recoveryIds: number[]): Promise<Map<number, Escalation>>;
  /** The escalation that a pager knows under this key. */
  ofKey(key: string): number | undefined;
  stages(escalation: Pick<Escalation, 'policy'>): readonly Stage[];
  /** Every policy that a service has, by its name. */
  policies(): { name: string; services: string[]; stages: readonly Stage[] }[];
  contacts: Contacts;
}

/** More failed recoveries of a service within an hour are a reason of their own. */
const MOST_FAILURES = 5;
const BATCH = 50;

export function createEscalations(options: EscalationOptions): Escalations {
  const { store, policies, contacts, services, dispatcher, installation, log } = options;
  const stages = ({ policy }: Pick<Escalation, 'policy'>) => stagesOf(policy, policies, contacts);
  const changed = ({ recoveryId }: Escalation) => recoveryId !== null && dispatcher.changed(recoveryId);

  /** Tells every level that is due, one after the other; what another process has told meanwhile is left alone. */
  async function climb(escalation: Escalation): Promise<void> {
    const all = stages(escalation);
    let { level } = escalation;
    for (let stage = all[level]; stage; stage = all[level]) {
      const telling = tellingOf(stage, level, contacts);
      const nobody = !telling.chat && telling.pages.length === 0;
      const hurry = nobody ? Math.max(escalation.hurry, level + 2) : escalation.hurry;
      const next = dueAfterMs(all, level + 1, hurry);
      if (!(await store.climb({ ...escalation, level }, telling, next))) break;
      const name = escalationName(escalation.id);
      for (const channel of telling.missing)
        log('warn', 'escalation:channel_not_set_up', { escalation: name, channel });
      log('warn', 'escalated', {
        escalation: name,
        service: escalation.service,
        code: escalation.code,
        reason: escalation.reason,
        level,
        channels: stage.notify.join(', '),
      });
      level += 1;
      if (next !== 0) break;
    }
    changed(escalation);
  }

  return {
    stages,

    async raise(reason) {
      const policy = services().find(({ name }) => name === reason.service)?.escalation ?? DEFAULT_POLICY;
      const all = stages({ policy });
      const urgent = isUrgent(reason.code);
      const hurry = urgent ? hurryTo(all, 0) : 0;
      const raised = await store.raise(
        reason,
        { policy, afterMs: dueAfterMs(all, 0, hurry), hurry },
        urgent ? (present) => hurryTo(stages(present), present.level) : undefined,
      );
      const { escalation } = raised;
      if (escalation.state === 'open' && escalation.nextAt !== null) await climb(escalation);
      return raised;
    },

    async look() {
      const objectives = services().flatMap(({ name, rtoMs }) =>
        rtoMs === undefined
          ? []
          : [
              {
                service: name,
                rtoMs,
                reason: `it is away for longer than ${formatDuration(rtoMs)}, its recovery time objective`,
              },
            ],
      );
      await store.findReasons(objectives, MOST_FAILURES);
      for (const { id, by } of await store.over()) {
        const resolved = await store.resolve(id, by);
        if (resolved) changed(resolved);
      }
      for (const { escalation, channel, error } of await store.passFailing()) {
        log('error', 'escalation:channel_failed', { escalation: escalationName(escalation.id), channel, error });
        changed(escalation);
      }
      for (const escalation of await store.due(BATCH)) await climb(escalation);
    },

    async test(key, by) {
      const reason = { key: `test:${key}`, service: `test-${key.slice(0, 8)}`, code: TEST_CODE };
      const said = `this is a test by ${by}; nothing is wrong, and nobody has to do anything`;
      const first = { policy: TEST_CODE, afterMs: 0, hurry: 1 };
      const { escalation } = await store.raise({ ...reason, reason: said }, first, undefined);
      const telling = tellingOf({ afterMs: 0, notify: PAGERS }, 0, contacts);
      await store.climb(escalation, telling, null);
      return (await store.resolve(escalation.id, 'the end of the test')) ?? escalation;
    },

    get: store.get,
    unresolved: store.unresolved,
    ofRecoveries: store.ofRecoveries,
    ofKey: (key) => escalationOfKey(key, installation),
    contacts,

    policies() {
      const of = ({ escalation = DEFAULT_POLICY }: Service) => escalation;
      const names = new Set([DEFAULT_POLICY, ...services().map(of)]);
      return [...names].map((name) => ({
        name,
        services: services().flatMap((service) => (of(service) === name ? [service.name] : [])),
        stages: stages({ policy: name }),
      }));
    },

    async acknowledge(which, by) {
      const found = await store.acknowledge(which, by);
      if (found) changed(found);
      return found;
    },
  };
}
