import { mayDecide } from '../approvals/question.js';
import type { EnginePorts } from '../create-engine.js';
import type { RecoveryView, Verb } from '../engine.js';
import type { Approval } from '../model/approval.js';
import { noRecovery } from '../model/missing.js';
import { isTerminal, type Snapshot } from '../model/recovery.js';
import { direction } from '../recovery/frontier.js';
import { stuckSteps } from '../recovery/person-moves.js';
import { type UndoOf, undoSteps } from '../recovery/undo.js';

export type ViewPorts = Pick<EnginePorts, 'store' | 'people' | 'undoOf' | 'now'>;

/** Everything that a surface needs to show one recovery. */
export async function viewOf(id: number, ports: ViewPorts): Promise<RecoveryView> {
  const [snapshot, approvals] = await Promise.all([ports.store.load(id), ports.store.approvals(id)]);
  if (!snapshot) throw noRecovery(id);
  return complete(snapshot, approvals, ports);
}

/** The same for several that were read together. */
export async function viewsOf(snapshots: readonly Snapshot[], ports: ViewPorts): Promise<RecoveryView[]> {
  const approvals = await ports.store.approvals(...snapshots.map(({ recovery }) => recovery.id));
  const of = (id: number) => approvals.filter(({ recoveryId }) => recoveryId === id);
  return Promise.all(snapshots.map((snapshot) => complete(snapshot, of(snapshot.recovery.id), ports)));
}

async function complete(snapshot: Snapshot, approvals: Approval[], ports: ViewPorts): Promise<RecoveryView> {
  const { id, state } = snapshot.recovery;
  const open = approvals.find((approval) => approval.state === 'pending');
  const place = state === 'SCHEDULED' ? await ports.store.queuePlace(id) : undefined;
  return {
    ...snapshot,
    approvals,
    ...(place === undefined ? {} : { queuePlace: place }),
    mayApprove: open ? mayDecide(open, ports.people) : [],
    verbs: verbsFor(snapshot, ports.undoOf),
    at: ports.now(),
  };
}

/** What a person can sensibly do now; a surface offers nothing else. */
export function verbsFor(snapshot: Snapshot, undoOf: UndoOf): Verb[] {
  const { recovery, steps } = snapshot;
  const forward = direction(steps) === 'do';
  const undoable = forward && undoSteps(steps, undoOf).length > 0;
  if (recovery.state === 'AWAITING_MANUAL') {
    const stuck = stuckSteps(steps).length > 0;
    return [
      'retry',
      ...(stuck ? (['mark_done'] as const) : []),
      ...(undoable ? (['rollback'] as const) : []),
      'escalate',
      ...(forward ? (['cancel'] as const) : []),
    ];
  }
  if (recovery.state === 'ROLLING_BACK') return ['escalate'];
  // A wish to cancel that nobody holds the recovery to obey can be said again.
  if (!isTerminal(recovery.state)) return recovery.cancelBy && recovery.owner !== null ? [] : ['cancel'];
  if (recovery.state === 'SUCCEEDED') return undoable ? ['undo'] : [];
  return ['retry', ...(undoable && recovery.state !== 'ROLLED_BACK' ? (['rollback'] as const) : []), 'escalate'];
}
