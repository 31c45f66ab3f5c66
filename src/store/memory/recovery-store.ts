import { isTerminal, type Snapshot } from '../../engine/model/recovery.js';
import type { RecoveryDraft, RecoveryFilter, RecoveryStore } from '../../engine/ports.js';
import { needsOf } from '../../engine/recovery/abilities.js';
import { fromDraft } from '../recovery-draft.js';
import { createMemoryApprovals } from './approvals.js';
import { createMemoryEventLog } from './event-log.js';
import type { Ledger } from './ledger.js';
import { createTaking } from './taking.js';
import { ask, commitTo } from './write.js';

/** Recoveries in the memory of one process: the contracts of the store in Postgres, for as long as the process lives. */
export function createMemoryRecoveryStore(ledger: Ledger, { leaseMs }: { leaseMs: number }): RecoveryStore {
  const { recoveries } = ledger;
  const activeOf = (service: string) => recoveries.get(ledger.active.get(service) ?? -1)?.recovery;
  const actives = () => [...ledger.active.values()].flatMap((id) => recoveries.get(id) ?? []);

  const requested: RecoveryStore['requested'] = async ({ platform, request }) =>
    request === undefined ? undefined : recoveries.get(ledger.requests.get(`${platform}:${request}`) ?? -1);

  return {
    ...createMemoryApprovals(ledger),
    ...createMemoryEventLog(ledger),
    ...createTaking(ledger, leaseMs),
    requested,
    active: async (service) => activeOf(service),
    load: async (id) => recoveries.get(id),
    commit: async (write, inDoubt) => commitTo(ledger, write, inDoubt),

    async create(draft) {
      const other = (await requested(draft.origin))?.recovery ?? activeOf(draft.service);
      if (other) return { created: false, recovery: other };
      return { created: true, ...made(ledger, draft) };
    },

    async list(filter) {
      const found: Snapshot[] = [];
      for (const snapshot of newestFirst(ledger, filter)) {
        if (found.length >= filter.limit) break;
        if (fits(snapshot, filter)) found.push(snapshot);
      }
      return found;
    },

    async queuePlaces(...ids) {
      const queue = actives()
        .map(({ recovery }) => recovery)
        .filter(({ state }) => state === 'SCHEDULED')
        .sort((a, b) => a.priority - b.priority || a.id - b.id);
      const places = new Map(queue.map(({ id }, index) => [id, index + 1]));
      return new Map(ids.flatMap((id) => (places.has(id) ? [[id, places.get(id) ?? 0] as const] : [])));
    },

    async requestCancel(id, by) {
      const snapshot = recoveries.get(id);
      if (!snapshot || isTerminal(snapshot.recovery.state)) return undefined;
      const { cancelBy, version, service } = snapshot.recovery;
      const recovery = { ...snapshot.recovery, cancelBy: cancelBy ?? by, version: version + 1 };
      recoveries.set(id, { ...snapshot, recovery });
      ledger.tell(id, [{ kind: 'recovery.cancel_requested', actor: by, data: { service } }]);
      return recovery;
    },

    activeOnes: async () =>
      actives().map(({ recovery: { id, service, state }, steps }) => ({
        id,
        service,
        state,
        unknown: steps.some((step) => step.state === 'unknown'),
      })),

    async past(service, limit) {
      const filter = { service, states: ['SUCCEEDED', 'FAILED', 'ROLLED_BACK'], limit } satisfies RecoveryFilter;
      return (await this.list(filter)).flatMap(({ recovery: { id, state, plan, activeMs, endedAt } }) =>
        endedAt ? { id, kind: plan.kind, name: plan.name, succeeded: state === 'SUCCEEDED', activeMs, endedAt } : [],
      );
    },

    // The process that has the store is the worker, too: there is no pool that nobody serves.
    stranded: async () => [],
  };
}

function made(ledger: Ledger, draft: RecoveryDraft): Snapshot {
  const id = ledger.nextId();
  const now = ledger.now();
  const wakeAt = draft.wakeInMs === null ? null : new Date(now.getTime() + draft.wakeInMs);
  const snapshot = fromDraft(draft, { id, created_at: now, wake_at: wakeAt });
  const { platform, request } = draft.origin;
  if (request !== undefined) ledger.requests.set(`${platform}:${request}`, id);
  ledger.needs.set(id, needsOf(draft.plan.steps));
  ledger.put(snapshot);
  if (draft.approval) ask(ledger, snapshot, draft.approval);
  ledger.tell(id, draft.events, draft.effects);
  return snapshot;
}

/** Where only active ones are asked for, those that have ended are not looked at, however many they are. */
function* newestFirst({ recoveries, active }: Ledger, { states, before, after }: RecoveryFilter): Generator<Snapshot> {
  const onlyActive = states?.every((state) => !isTerminal(state)) ?? false;
  const ids = onlyActive ? [...active.values()].sort((one, other) => one - other) : [...recoveries.keys()];
  for (let at = ids.length - 1; at >= 0; at -= 1) {
    const id = ids[at] ?? 0;
    if ((before !== undefined && id >= before) || (after !== undefined && id <= after)) continue;
    const snapshot = recoveries.get(id);
    if (snapshot) yield snapshot;
  }
}

function fits({ recovery }: Snapshot, { service, states, changed }: RecoveryFilter): boolean {
  if (service !== undefined && recovery.service !== service) return false;
  if (states !== undefined && !states.includes(recovery.state)) return false;
  return changed === undefined || (recovery.startedAt !== null && recovery.claims.some((one) => changed.includes(one)));
}
