import type { Approval, ApprovalState } from '../../engine/model/approval.js';
import { isTerminal, type Snapshot } from '../../engine/model/recovery.js';
import type { ApprovalDraft, CommitResult, Write } from '../../engine/ports.js';
import { holdsSlot } from '../write-item.js';
import type { Ledger } from './ledger.js';

/** A move as one step of this process: checked as a whole, then applied as a whole, as a transaction would be. */
export function commitTo(ledger: Ledger, write: Write, inDoubt = false): CommitResult {
  const { before, after } = write;
  const { id } = after.recovery;
  const stored = ledger.recoveries.get(id);
  if (!stored || !isCurrent(stored, before)) {
    return inDoubt && stored && isOurs(stored, write) ? held(stored) : refused('lost');
  }
  const takes = after.recovery.epoch > before.recovery.epoch && holdsSlot(after.recovery.state);
  if (takes && !isFree(ledger, after)) return refused('busy');
  const wanted = write.consume ?? [];
  const used = wanted.map(({ approval, digest }) => usable(ledger, id, approval, digest));
  if (used.includes(undefined)) return refused('unapproved');
  if (takes) {
    ledger.slots.add(id);
    for (const service of after.recovery.claims) ledger.claims.set(service, id);
  }
  for (const approval of used) if (approval) setState(ledger, approval, 'consumed');
  return held(apply(ledger, stored, write));
}

/** Without a comparison: the caller has just read what it is made from. */
export function apply(ledger: Ledger, stored: Snapshot, write: Omit<Write, 'before'>): Snapshot {
  const { after } = write;
  const { id } = after.recovery;
  const { cancelBy, revision, version } = stored.recovery;
  const wakeAt = write.ask ? later(ledger, write.ask) : after.recovery.wakeAt;
  const recovery = { ...after.recovery, wakeAt, cancelBy, revision: revision + 1, version: version + 1 };
  if (stored.recovery.state !== recovery.state) {
    if (!holdsSlot(recovery.state)) ledger.slots.delete(id);
    if (isTerminal(recovery.state))
      for (const service of recovery.claims) if (ledger.claims.get(service) === id) ledger.claims.delete(service);
  }
  if (write.close) closeOpen(ledger, id, write.close);
  if (write.ask) {
    closeOpen(ledger, id, 'superseded');
    ask(ledger, after, write.ask);
  }
  const snapshot = { recovery, steps: after.steps };
  ledger.put(snapshot);
  ledger.tell(id, write.events, write.effects);
  return snapshot;
}

export function ask(ledger: Ledger, { recovery }: Snapshot, draft: ApprovalDraft): void {
  const { owner } = recovery.origin;
  ledger.approvals.set(draft.id, {
    id: draft.id,
    recoveryId: recovery.id,
    step: draft.step,
    digest: draft.digest,
    need: draft.need,
    role: draft.role,
    including: draft.including,
    requestedBy: recovery.requestedBy,
    ...(owner === undefined ? {} : { owner }),
    state: 'pending',
    decisions: [],
    createdAt: ledger.now(),
    expiresAt: later(ledger, draft),
    decidedAt: null,
    useBefore: null,
    ...(draft.detail ? { detail: draft.detail } : {}),
  });
}

/** What others hold, one or more of its services or every slot, is not free. */
function isFree({ slots, slotCount, claims }: Ledger, { recovery: { id, claims: wanted } }: Snapshot): boolean {
  if (!slots.has(id) && slots.size >= slotCount) return false;
  return wanted.every((service) => (claims.get(service) ?? id) === id);
}

function isCurrent({ recovery: { epoch, revision } }: Snapshot, { recovery: was }: Snapshot): boolean {
  return epoch === was.epoch && revision === was.revision;
}

/** An earlier reply to this very write was lost, and it is there: the next revision, by the owner that we wrote. */
function isOurs({ recovery: now }: Snapshot, { before, after }: Write): boolean {
  const { epoch, owner, state } = after.recovery;
  return (
    now.epoch === epoch && now.owner === owner && now.state === state && now.revision === before.recovery.revision + 1
  );
}

function usable(ledger: Ledger, recoveryId: number, id: string, digest: string): Approval | undefined {
  const found = ledger.approvals.get(id);
  const inTime = found?.useBefore && found.useBefore > ledger.now();
  const fits = found?.recoveryId === recoveryId && found.digest === digest && found.state === 'approved';
  return inTime && fits ? found : undefined;
}

function closeOpen(ledger: Ledger, recoveryId: number, state: ApprovalState): void {
  for (const approval of ledger.approvals.values())
    if (approval.recoveryId === recoveryId && (approval.state === 'pending' || approval.state === 'approved'))
      setState(ledger, approval, state);
}

function setState(ledger: Ledger, approval: Approval, state: ApprovalState): void {
  ledger.approvals.set(approval.id, { ...approval, state });
}

function later(ledger: Ledger, { expiresInMs }: ApprovalDraft): Date {
  return new Date(ledger.now().getTime() + expiresInMs);
}

function held({ recovery: { version, revision, cancelBy } }: Snapshot): CommitResult {
  return { ok: true, version, revision, cancelBy };
}

function refused(reason: 'lost' | 'busy' | 'unapproved'): CommitResult {
  return { ok: false, reason };
}
