import type { Recovery } from '../../engine/model/recovery.js';
import type { RecoveryStore, Takeable, WorkerIdentity } from '../../engine/ports.js';
import { holdsSlot } from '../write-item.js';
import type { Ledger } from './ledger.js';

/** What a worker may take, in the order of the queue; see DUE of the store in Postgres, whose rules these are. */
export function createTaking(ledger: Ledger, leaseMs: number): Pick<RecoveryStore, 'due'> {
  return {
    async due(worker, dead, inHand, limit) {
      const now = ledger.now();
      const lives = (id: string): boolean => {
        const beatAt = ledger.workers.get(id)?.beatAt.getTime();
        return beatAt !== undefined && !dead.includes(id) && beatAt > now.getTime() - leaseMs;
      };
      const mayBeTaken = ({ id, wakeAt, pool, owner }: Recovery): boolean =>
        wakeAt !== null &&
        wakeAt <= now &&
        worker.pools.includes(pool) &&
        !inHand.includes(id) &&
        isAble(worker, ledger.needs.get(id)) &&
        (owner === null || owner === worker.id || !lives(owner));
      const isUnclaimed = ({ id, claims }: Recovery): boolean =>
        claims.every((service) => (ledger.claims.get(service) ?? id) === id);

      const open = begun(ledger).filter(mayBeTaken);
      const hasRight = ({ id, state }: Recovery) => state === 'AWAITING_APPROVAL' || ledger.slots.has(id);
      const held = open.filter(hasRight);
      const free = Math.max(0, Math.min(limit, ledger.slotCount - ledger.slots.size));
      const queued = ledger.queue.first(free, now, (id) => {
        const recovery = ledger.recoveries.get(id)?.recovery;
        return recovery !== undefined && mayBeTaken(recovery) && isUnclaimed(recovery);
      });
      const resumed = open.filter((recovery) => !hasRight(recovery) && isUnclaimed(recovery));
      const waiting = [...resumed, ...queued.flatMap((id) => ledger.recoveries.get(id)?.recovery ?? [])];
      return [...held, ...waiting.sort(inOrder).slice(0, free)]
        .sort(inOrder)
        .slice(0, limit)
        .flatMap(({ id, owner }) => takeable(ledger, id, owner));
    },
  };
}

function begun({ active, recoveries }: Ledger): Recovery[] {
  return [...active.values()].flatMap((id) => {
    const recovery = recoveries.get(id)?.recovery;
    return recovery && (recovery.state === 'AWAITING_APPROVAL' || holdsSlot(recovery.state)) ? recovery : [];
  });
}

function isAble({ abilities }: WorkerIdentity, needs: readonly string[] = []): boolean {
  return abilities === undefined || needs.every((name) => abilities.includes(name));
}

function takeable({ recoveries, workers }: Ledger, id: number, owner: string | null): Takeable[] {
  const snapshot = recoveries.get(id);
  if (!snapshot) return [];
  const previous = owner === null ? undefined : workers.get(owner)?.identity;
  return [{ snapshot, ...(previous ? { previous } : {}) }];
}

function inOrder(one: Recovery, other: Recovery): number {
  return one.priority - other.priority || one.id - other.id;
}
