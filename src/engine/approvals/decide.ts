import type { Approval } from '../model/approval.js';
import type { Because } from '../model/because.js';
import { UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import { noRecovery } from '../model/missing.js';
import type { Person, Principal } from '../model/person.js';
import { recoveryName, type Snapshot } from '../model/recovery.js';
import { redact } from '../model/redact.js';
import type { RecoveryStore, Verdict } from '../ports.js';
import { event, type Move, move, moveTo, setRecovery, setStep } from '../recovery/move.js';
import { cancelIdle } from '../recovery/person-moves.js';
import { stop } from '../recovery/stop.js';
import type { UndoOf } from '../recovery/undo.js';
import { hardlySeen, type Judgement, judge, type Seen, shows } from './judge.js';
import { mayDecide } from './question.js';
import { asHeldNow } from './still-held.js';

export interface DecidePorts {
  store: Pick<RecoveryStore, 'approvals' | 'decide' | 'load'>;
  people: readonly Person[];
  /** Decided but unused after this: expired. */
  useWithinMs: number;
  undoOf: UndoOf;
}

export interface Decided {
  state: 'pending' | 'approved' | 'rejected';
  stillNeeded: number;
}

/**
 * The one function by which every surface decides. The judgement and what follows from it are one transaction under the
 * approval's lock; a refusal is recorded too, and thrown for that person to read.
 */
export async function decide(
  recoveryId: number,
  verdict: 'approve' | 'reject',
  caller: Principal,
  seen: Seen,
  ports: DecidePorts,
): Promise<Decided> {
  const who = asConfigured(caller, ports.people);
  const { asked, follows } = await theQuestion(recoveryId, seen, ports.store);
  let decided: Decided = { state: 'pending', stillNeeded: 0 };
  let because: Because | undefined;
  let facts: JsonObject = {};
  const outcome = await ports.store.decide(asked.id, (stored, snapshot, now): Verdict => {
    const approval = asHeldNow(stored, ports.people);
    const judged = judgement(approval, verdict, who, seen, now, follows, ports.people);
    if (!judged.allowed) {
      because = judged.because;
      facts = judged.code === 'stale' ? { digest: approval.digest } : {};
      const data = { approval: approval.id, verdict, code: judged.code, reason: judged.message, via: who.via };
      return {
        kind: 'refused',
        code: judged.code,
        message: judged.message,
        event: { kind: 'approval.refused', actor: who.name, data },
      };
    }
    decided = judged;
    const useBefore = judged.state === 'approved' ? new Date(now.getTime() + ports.useWithinMs) : null;
    return {
      kind: 'recorded',
      decision: {
        principal: who.name,
        roles: [...who.roles],
        byGroup: [...(who.byGroup ?? [])],
        verdict,
        via: who.via,
        at: now,
      },
      state: judged.state,
      useBefore,
      write: consequence(snapshot, approval, judged.state, who, seen.reason, now, ports.undoOf),
    };
  });
  if (outcome.kind === 'refused') throw new UserError(refusalCode(outcome.code), outcome.message, facts, because);
  return decided;
}

function judgement(
  approval: Approval,
  verdict: 'approve' | 'reject',
  who: Principal,
  seen: Seen,
  now: Date,
  follows: boolean,
  people: readonly Person[],
): Judgement {
  const judged = judge(approval, verdict, who, seen, now, mayDecide(approval, people));
  const unseen = judged.allowed && verdict === 'approve' && follows ? hardlySeen(approval, seen, now) : undefined;
  return unseen ?? judged;
}

/**
 * A login may give a person fewer roles than the configuration does, never more: who lost a role there decides nothing.
 * Where the configuration lists nobody, the logins alone say who is who.
 */
function asConfigured(who: Principal, people: readonly Person[]): Principal {
  if (!who.human || people.length === 0) return who;
  const held = people.find(({ name }) => name === who.name)?.roles ?? [];
  const given = who.byGroup ?? [];
  return { ...who, roles: who.roles.filter((role) => held.includes(role) || given.includes(role)) };
}

function consequence(
  snapshot: Snapshot,
  approval: Approval,
  state: Decided['state'],
  who: Principal,
  reason: string | undefined,
  now: Date,
  undoOf: UndoOf,
): Move {
  const told = event(move(snapshot), 'approval.decided', who.name, {
    approval: approval.id,
    verdict: state === 'rejected' ? 'reject' : 'approve',
    state,
    step: approval.step,
    digest: approval.digest,
    waited_ms: now.getTime() - approval.createdAt.getTime(),
    via: who.via,
    ...(reason ? { reason: redact(reason) } : {}),
  });
  if (state === 'pending') return told;
  if (state === 'rejected') {
    const end = (m: Move, at: Date) => cancelIdle(m, `rejected by ${who.name}`, at, 'rejected');
    return stop(told, who.name, { undoOf, now, end });
  }
  const { startedAt } = snapshot.recovery;
  const released = setRecovery(moveTo(told, startedAt ? 'IN_PROGRESS' : 'SCHEDULED', now), { wakeAt: now });
  return approval.step === null ? released : setStep(released, approval.step, { approvalId: approval.id });
}

/**
 * The question that was seen, else the open one, else the latest: a refusal then says what became of it. `follows`: the
 * same recovery has asked something before.
 */
async function theQuestion(
  recoveryId: number,
  seen: Seen,
  store: DecidePorts['store'],
): Promise<{ asked: Approval; follows: boolean }> {
  const { approvalId, digest } = seen;
  const asked = await store.approvals(recoveryId);
  const approvals = approvalId !== undefined ? asked.filter((approval) => approval.id === approvalId) : asked;
  const shown = digest !== undefined ? approvals.filter((approval) => shows(approval, digest)) : [];
  const found = [shown, approvals].map((some) => some.find(isOpen) ?? some.at(-1)).find((some) => some !== undefined);
  if (found) return { asked: found, follows: asked.some(({ createdAt }) => createdAt < found.createdAt) };
  const recovery = recoveryName(recoveryId);
  if (approvalId !== undefined && asked.length > 0)
    throw new UserError(
      'stale',
      `${recovery} asks no such question. Your decision was not counted; look at it as it is now.`,
      {},
      { kind: 'no_such_question', recovery },
    );
  if (!(await store.load(recoveryId))) throw noRecovery(recoveryId);
  throw new UserError(
    'conflict',
    `${recovery} does not wait for an approval. Nothing changed.`,
    {},
    {
      kind: 'not_asking',
      recovery,
    },
  );
}

function isOpen({ state }: Approval): boolean {
  return state === 'pending';
}

function refusalCode(code: string): 'forbidden' | 'stale' | 'conflict' | 'expired' {
  return code === 'forbidden' || code === 'stale' || code === 'expired' ? code : 'conflict';
}
