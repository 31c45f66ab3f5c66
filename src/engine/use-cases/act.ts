import type { EnginePorts } from '../create-engine.js';
import type { RecoveryView, Said, Verb } from '../engine.js';
import type { Because, Deed } from '../model/because.js';
import { UserError } from '../model/errors.js';
import { noRecovery } from '../model/missing.js';
import type { Principal, Role } from '../model/person.js';
import { isTerminal, type Recovery, recoveryName, type Snapshot } from '../model/recovery.js';
import type { MakePlan } from '../planner/planner.js';
import { event, type Move, move } from '../recovery/move.js';
import { escalateBy, markDone, numberOf, retry, rollBackBy, stuckSteps } from '../recovery/person-moves.js';
import { anew } from './anew.js';
import { requireRole } from './authorise.js';
import { cancelRecovery } from './cancel.js';
import { refuseChangedSince } from './changed-since.js';
import { looksAfter } from './escalations.js';
import type { KeptCancels } from './kept-cancels.js';
import { recover } from './recover.js';
import { sameRequest } from './same-request.js';
import { refuseTooLate, undo } from './undo.js';
import { viewOf } from './view.js';

export interface ActPorts extends EnginePorts {
  makePlan: MakePlan;
  /** Where a cancel waits for the store. */
  kept: KeptCancels;
}

interface Acted {
  message: string;
  view: RecoveryView;
}

type Make = (m: Move, who: Principal, ports: ActPorts) => Move;

/** Verbs that change a recovery which no worker holds; who may, what it does, what is said. */
const VERBS: Record<Exclude<Verb, 'cancel' | 'undo'>, { roles: Role[]; toDo: Deed; make: Make; done: string }> = {
  retry: { roles: ['responder'], toDo: 'retry', make: (m, who, { now }) => retry(m, who.name, now()), done: 'goes on' },
  mark_done: {
    roles: ['responder'],
    toDo: 'mark a step done',
    make: (m, who, { now }) => markDone(m, who.name, now()),
    done: 'goes on; the step counts as done',
  },
  rollback: {
    roles: ['responder'],
    toDo: 'roll back',
    make: (m, who, { undoOf, now }) => rollBackBy(m, who.name, undoOf, now()),
    done: 'is being rolled back',
  },
  escalate: {
    roles: ['responder', 'approver'],
    toDo: 'escalate',
    make: (m, who) => escalateBy(m, who.name),
    done: 'is escalated',
  },
  ack: {
    roles: ['responder', 'approver'],
    toDo: 'acknowledge',
    make: (m, who) => event(m, 'recovery.acknowledged', who.name),
    done: 'is acknowledged',
  },
};

/** What people do with one recovery. A person's write compares the revision that it was decided on. */
export async function act(id: number, verb: Verb, who: Principal, ports: ActPorts, said: Said = {}): Promise<Acted> {
  const acted = await perform(id, verb, who, ports, said);
  // Whoever does something about it looks after it; that more people are wanted is said by Escalate alone.
  if (verb !== 'escalate') await looksAfter(acted.view.recovery.service, who.name, ports).catch(notSaid(ports));
  return acted;
}

/** What was done stands, also when those who are about to be called cannot be told of it now. */
function notSaid({ log }: Pick<ActPorts, 'log'>): (error: unknown) => void {
  return (error) => log('warn', 'an act did not stop its escalation', { error: String(error) });
}

async function perform(id: number, verb: Verb, who: Principal, ports: ActPorts, said: Said): Promise<Acted> {
  if (verb === 'cancel') return cancel(id, who, ports);
  if (verb === 'undo') return undo(await loaded(id, ports), who, ports, said.request);
  const { roles, toDo, make, done } = VERBS[verb];
  requireRole(who, roles, toDo);
  const snapshot = await loaded(id, ports);
  if (verb === 'retry' || verb === 'mark_done') refuseOtherSteps(snapshot, said);
  if (verb === 'retry' && snapshot.recovery.state === 'SUCCEEDED') throw nothingToRetry(snapshot.recovery);
  if (verb === 'retry' && isTerminal(snapshot.recovery.state))
    return startAgain(snapshot.recovery, who, ports, said.request);
  if (verb === 'rollback') await refuseLateRollback(snapshot.recovery, ports);
  if (verb === 'escalate' || verb === 'ack')
    return noted(snapshot, verb, make(move(snapshot), who, ports), done, ports);
  return written(snapshot, make(move(snapshot), who, ports), done, ports);
}

/** A second press, or one on an old card, must not be a word about a step that nobody has looked at. */
function refuseOtherSteps({ recovery, steps }: Snapshot, { steps: seen }: Said): void {
  if (seen === undefined) return;
  const waiting = recovery.state === 'AWAITING_MANUAL' ? stuckSteps(steps).map(numberOf) : [];
  if (waiting.length === seen.length && waiting.every((number) => seen.includes(number))) return;
  const name = recoveryName(recovery.id);
  const now = waiting.length > 0 ? `; now step ${waiting.join(' and ')} does` : '';
  throw new UserError(
    'stale',
    `Step ${seen.join(' and ')} of ${name} does not wait for a person any more${now}. Nothing changed; look at ${name} as it is now.`,
    { recovery: name, waiting },
    { kind: 'other_steps', recovery: name, seen: [...seen], waiting },
  );
}

/** To stop must be possible also while the store is away; whoever may not stop it, must not then either. */
async function cancel(id: number, who: Principal, ports: ActPorts): Promise<Acted> {
  requireRole(who, ['responder', 'approver', 'lead'], 'cancel');
  try {
    return await cancelNow(id, who, ports);
  } catch (error) {
    if (error instanceof UserError && error.code === 'unavailable') throw ports.kept.keep(id, who);
    throw error;
  }
}

/** The cancel of somebody who may. */
export async function cancelNow(id: number, who: Principal, ports: Omit<ActPorts, 'kept'>): Promise<Acted> {
  const made = await cancelRecovery(id, who.name, ports);
  const said = {
    ended: 'is cancelled.',
    put_back: 'is ended; what the drill broke is put back.',
    told: 'stops now: the running step is told to end, nothing new begins.',
    under_way: `is already being cancelled by ${made.is === 'under_way' ? made.by : ''}.`,
  };
  return { message: `${recoveryName(id)} ${said[made.is]}`, view: await viewOf(id, ports) };
}

/** A mistyped number must not restart what is well. */
function nothingToRetry({ id, service }: Recovery): UserError {
  const recovery = recoveryName(id);
  return conflict(`${recovery} succeeded, so there is nothing to retry. Start a new one: /recover ${service}.`, {
    kind: 'nothing_to_retry',
    recovery,
    service,
  });
}

/** A finished recovery is not run again: the same request makes a new one, planned from the present. */
async function startAgain(old: Recovery, who: Principal, ports: ActPorts, request?: string): Promise<Acted> {
  // Given steps are those of an undo: what holds for the first try holds for the next.
  if (old.plan.kind === 'steps') {
    refuseTooLate(old, ports);
    await refuseChangedSince(old, ports.store);
  }
  const { snapshot } = await recover(sameRequest(old), who, anew(old.origin, request), ports, old.id);
  const { id } = snapshot.recovery;
  // In the log, so that the old card is drawn once more, and leads to the new one.
  await ports.store.record(old.id, [
    { kind: 'recovery.asked_again', actor: who.name, data: { service: old.service, as: recoveryName(id) } },
  ]);
  ports.dispatcher.changed(old.id);
  return { message: `${recoveryName(id)} is the new attempt.`, view: await viewOf(id, ports) };
}

/** One that waits for a person still holds its claims; of one that has ended, others may have taken up the services. */
async function refuseLateRollback(recovery: Recovery, ports: ActPorts): Promise<void> {
  await refuseBesideAnother(recovery, ports);
  if (isTerminal(recovery.state)) await refuseChangedSince(recovery, ports.store);
}

/** An ended recovery becomes active again by its rollback, and a service has one active recovery (D9). */
async function refuseBesideAnother({ id, service }: Recovery, ports: ActPorts): Promise<void> {
  const running = await ports.store.active(service);
  if (!running || running.id === id) return;
  const other = recoveryName(running.id);
  throw new UserError(
    'conflict',
    `${service} is being recovered by ${other} (${running.state}), so ${recoveryName(id)} cannot be rolled back now.`,
    { recovery: other },
    { kind: 'beside_another', recovery: recoveryName(id), service, other, state: running.state },
  );
}

async function written(snapshot: Snapshot, made: Move, said: string, ports: ActPorts): Promise<Acted> {
  const { id } = snapshot.recovery;
  const result = await ports.store.commit(made);
  if (!result.ok)
    throw conflict(`${recoveryName(id)} changed in this moment, so nothing was done. Look at it again.`, {
      kind: 'changed_meanwhile',
      recovery: recoveryName(id),
    });
  return told(snapshot, said, ports);
}

async function told({ recovery: { id } }: Snapshot, said: string, ports: ActPorts): Promise<Acted> {
  ports.dispatcher.changed(id);
  const view = await viewOf(id, ports);
  if (view.recovery.wakeAt) ports.dispatcher.wake(view.recovery);
  return { message: `${recoveryName(id)} ${said}.`, view };
}

/** Facts that change no state, so that they never collide with the worker's writes. */
async function noted(snapshot: Snapshot, verb: Verb, made: Move, said: string, ports: ActPorts): Promise<Acted> {
  const { id } = snapshot.recovery;
  await ports.store.record(id, made.events, made.effects);
  ports.dispatcher.changed(id);
  const view = await viewOf(id, ports);
  return { message: `${recoveryName(id)} ${said}${verb === 'escalate' ? '; the next people are told' : ''}.`, view };
}

async function loaded(id: number, ports: Pick<ActPorts, 'store'>): Promise<Snapshot> {
  const snapshot = await ports.store.load(id);
  if (!snapshot) throw noRecovery(id);
  return snapshot;
}

function conflict(message: string, because: Because): UserError {
  return new UserError('conflict', message, {}, because);
}
