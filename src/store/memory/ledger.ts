import type { Approval } from '../../engine/model/approval.js';
import {
  isTerminal,
  type NewEffect,
  type NewEvent,
  type Recovery,
  type Snapshot,
} from '../../engine/model/recovery.js';
import type { StoredEvent, WorkerIdentity } from '../../engine/ports.js';
import { createQueue, type Queue } from './queue.js';

export interface MemoryOptions {
  /** Recoveries that may run at once. */
  slots: number;
  /** Recoveries that have ended are kept up to this many; older ones are forgotten with their events. */
  keepEnded: number;
  /** Told of each effect outside, such as a page: there is no outbox that would send it. */
  effect?(effect: NewEffect): void;
  now?(): Date;
}

/** What Postgres has in tables, in one process and for as long as it lives. */
export interface Ledger {
  readonly slotCount: number;
  now(): Date;
  nextId(): number;
  recoveries: Map<number, Snapshot>;
  /** Actions that the plan may come to use. */
  needs: Map<number, readonly string[]>;
  /** The one active recovery of each service. */
  active: Map<string, number>;
  /** Made for one request of a platform. */
  requests: Map<string, number>;
  claims: Map<string, number>;
  /** Recoveries that hold a slot. */
  slots: Set<number>;
  queue: Queue;
  approvals: Map<string, Approval>;
  workers: Map<string, { identity: WorkerIdentity; beatAt: Date }>;
  events: StoredEvent[];
  /** Puts it in place of what was there, and keeps everything that is found by its state in step. */
  put(snapshot: Snapshot): void;
  tell(recoveryId: number | null, events: readonly NewEvent[], effects?: readonly NewEffect[]): void;
}

/** Events are trimmed when there are so many for each recovery that is kept. */
const EVENTS_EACH = 20;

export function createLedger({ slots, keepEnded, effect, now = () => new Date() }: MemoryOptions): Ledger {
  const recoveries: Ledger['recoveries'] = new Map();
  let lastId = 0;
  let lastEvent = 0;
  const ended = new Set<number>();
  const sent = new Set<string>();
  const ledger: Ledger = {
    slotCount: slots,
    now,
    nextId: () => ++lastId,
    recoveries,
    needs: new Map(),
    active: new Map(),
    requests: new Map(),
    claims: new Map(),
    slots: new Set(),
    queue: createQueue((id) => recoveries.get(id)?.recovery),
    approvals: new Map(),
    workers: new Map(),
    events: [],

    put(snapshot) {
      const { recovery } = snapshot;
      recoveries.set(recovery.id, snapshot);
      if (isTerminal(recovery.state)) end(recovery);
      else {
        ledger.active.set(recovery.service, recovery.id);
        ended.delete(recovery.id);
      }
      if (recovery.state === 'SCHEDULED') ledger.queue.add(recovery);
    },

    tell(recoveryId, events, effects = []) {
      for (const one of events) ledger.events.push({ ...one, id: ++lastEvent, at: now(), recoveryId });
      for (const one of effects) {
        if (sent.has(one.key)) continue;
        sent.add(one.key);
        effect?.(one);
      }
    },
  };
  return ledger;

  function end({ id, service }: Recovery): void {
    if (ledger.active.get(service) === id) ledger.active.delete(service);
    ended.add(id);
    const [oldest] = ended;
    if (ended.size > keepEnded && oldest !== undefined) forget(oldest);
  }

  function forget(id: number): void {
    const origin = recoveries.get(id)?.recovery.origin;
    if (origin?.request) ledger.requests.delete(`${origin.platform}:${origin.request}`);
    recoveries.delete(id);
    ledger.needs.delete(id);
    ended.delete(id);
    for (const approval of ledger.approvals.values())
      if (approval.recoveryId === id) ledger.approvals.delete(approval.id);
    const most = EVENTS_EACH * (keepEnded + 1);
    if (ledger.events.length <= 2 * most) return;
    ledger.events.splice(0, ledger.events.length - most);
    sent.clear();
  }
}
