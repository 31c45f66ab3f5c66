import { mayDecide } from '../approvals/question.js';
import type { EnginePorts } from '../create-engine.js';
import type { RecoveryView, Verb } from '../engine.js';
import type { Escalation } from '../escalation/escalation.js';
import type { Feedback } from '../feedback/feedback.js';
import type { Approval } from '../model/approval.js';
import { noRecovery } from '../model/missing.js';
import { isTerminal, type Recovery, type RecoveryState, type Snapshot } from '../model/recovery.js';
import { direction, hasBegun } from '../recovery/frontier.js';
import { markable, PLAN_CHANGED } from '../recovery/person-moves.js';
import { type UndoOf, undoSteps } from '../recovery/undo.js';

export type ViewPorts = Pick<
  EnginePorts,
  'store' | 'incidents' | 'escalations' | 'feedback' | 'history' | 'people' | 'undoOf' | 'now'
>;

const NOTHING_SAID: Feedback = { ratings: [], notes: [] };

/** What did not bring the service back: the same request may have been asked again. */
const MAY_HAVE_SUCCESSOR: ReadonlySet<RecoveryState> = new Set(['CANCELLED', 'FAILED', 'ROLLED_BACK']);

/** States in which an escalation may be about a recovery. */
const CALLS_PEOPLE: ReadonlySet<RecoveryState> = new Set(['AWAITING_MANUAL', 'FAILED', 'ROLLED_BACK', 'CANCELLED']);

const IN_QUEUE: ReadonlySet<RecoveryState> = new Set(['SCHEDULED']);

/** Everything that a surface needs to show one recovery. */
export async function viewOf(id: number, ports: ViewPorts): Promise<RecoveryView> {
  const [snapshot, approvals, said] = await Promise.all([
    ports.store.load(id),
    ports.store.approvals(id),
    ports.feedback.of(id),
  ]);
  if (!snapshot) throw noRecovery(id);
  return complete(snapshot, approvals, said.get(id), await aroundOf([snapshot], ports), ports);
}

/** The same for several that were read together. */
export async function viewsOf(snapshots: readonly Snapshot[], ports: ViewPorts): Promise<RecoveryView[]> {
  const ids = snapshots.map(({ recovery }) => recovery.id);
  const [approvals, said, around] = await Promise.all([
    ports.store.approvals(...ids),
    ports.feedback.of(...ids),
    aroundOf(snapshots, ports),
  ]);
  const of = (id: number) => approvals.filter(({ recoveryId }) => recoveryId === id);
  return Promise.all(
    snapshots.map((snapshot) => {
      const { id } = snapshot.recovery;
      return complete(snapshot, of(id), said.get(id), around, ports);
    }),
  );
}

/** What the states of recoveries ask for besides themselves, of all of them in one question each. */
interface Around {
  places: ReadonlyMap<number, number>;
  successors: ReadonlyMap<number, number>;
  escalations: ReadonlyMap<number, Escalation>;
}

async function aroundOf(
  snapshots: readonly Snapshot[],
  { store, history, escalations }: Pick<ViewPorts, 'store' | 'history' | 'escalations'>,
): Promise<Around> {
  const idsIn = (states: ReadonlySet<RecoveryState>) =>
    snapshots.flatMap(({ recovery: { id, state } }) => (states.has(state) ? [id] : []));
  const [places, successors, called] = await Promise.all([
    store.queuePlaces(...idsIn(IN_QUEUE)),
    history.successors(...idsIn(MAY_HAVE_SUCCESSOR)),
    escalations.ofRecoveries(...idsIn(CALLS_PEOPLE)),
  ]);
  return { places, successors, escalations: called };
}

async function complete(
  snapshot: Snapshot,
  approvals: Approval[],
  feedback = NOTHING_SAID,
  around: Around,
  ports: ViewPorts,
): Promise<RecoveryView> {
  const { id, state } = snapshot.recovery;
  const open = approvals.find((approval) => approval.state === 'pending');
  const place = around.places.get(id);
  const successor = around.successors.get(id);
  const escalation = around.escalations.get(id);
  return {
    ...snapshot,
    ...(state === 'AWAITING_APPROVAL' ? await unbegun(snapshot, ports) : {}),
    approvals,
    feedback,
    ...(successor === undefined ? {} : { successor }),
    ...(place === undefined ? {} : { queuePlace: place }),
    mayApprove: open ? mayDecide(open, ports.people) : [],
    // Whoever wants it again finds the newer one.
    verbs: verbsFor(snapshot, ports.undoOf).filter((verb) => verb !== 'retry' || successor === undefined),
    ...(escalation ? { escalation: { ...escalation, stages: ports.escalations.stages(escalation) } } : {}),
    at: ports.now(),
  };
}

/** What those who decide should know besides the plan, as long as nothing of it has run. */
async function unbegun(
  { recovery, steps }: Snapshot,
  ports: ViewPorts,
): Promise<Pick<RecoveryView, 'replaces' | 'wellSince'>> {
  if (steps.some(hasBegun)) return {};
  const [wellSince, replaces] = await Promise.all([
    endedByItself(recovery, ports.incidents),
    replacedBy(recovery, ports.store),
  ]);
  return { ...(wellSince ? { wellSince } : {}), ...(replaces ? { replaces } : {}) };
}

async function replacedBy({ retryOf }: Recovery, store: ViewPorts['store']): Promise<RecoveryView['replaces']> {
  const outcome = retryOf === null ? undefined : (await store.load(retryOf))?.recovery.outcome;
  if (retryOf === null || outcome?.code !== PLAN_CHANGED) return undefined;
  return { recovery: retryOf, why: outcome.message.replace(/^the plan changed: /, '') };
}

/** Its incident is over; or, where nobody had noticed one yet, the service fell ill and became well again. */
async function endedByItself(
  { service, incidentId, createdAt }: Recovery,
  incidents: ViewPorts['incidents'],
): Promise<Date | undefined> {
  if (await incidents.openFor(service)) return undefined;
  if (incidentId !== null) return (await incidents.get(incidentId))?.resolvedAt ?? undefined;
  const health = (await incidents.health()).find((known) => known.service === service);
  return health?.status === 'healthy' && health.since > createdAt ? health.since : undefined;
}

/** What a person can sensibly do now; a surface offers nothing else. */
export function verbsFor(snapshot: Snapshot, undoOf: UndoOf): Verb[] {
  const { recovery, steps } = snapshot;
  const forward = direction(steps) === 'do';
  const undoable = forward && undoSteps(steps, undoOf).length > 0;
  if (recovery.state === 'AWAITING_MANUAL') {
    const vouched = markable(steps).length > 0;
    return [
      'retry',
      ...(vouched ? (['mark_done'] as const) : []),
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
