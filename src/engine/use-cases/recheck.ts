import { whatChanged } from '../approvals/what-changed.js';
import type { EnginePorts } from '../create-engine.js';
import { UserError } from '../model/errors.js';
import type { Recovery, Snapshot } from '../model/recovery.js';
import { recoveryName } from '../model/recovery.js';
import type { MakePlan } from '../planner/planner.js';
import { hasBegun } from '../recovery/frontier.js';
import { move } from '../recovery/move.js';
import { askAnew, PLAN_CHANGED } from '../recovery/person-moves.js';
import { askerOf, sameRequest } from './same-request.js';

export interface RecheckPorts extends Pick<EnginePorts, 'dispatcher' | 'people' | 'now' | 'log'> {
  store: Pick<EnginePorts['store'], 'list' | 'load' | 'commit'>;
  makePlan: MakePlan;
}

/** Newest first; older ones are still checked before anything of them runs. */
const MOST = 50;
const AT_ONCE = 4;
/** A service that comes and goes must not ask people for ever: after so many new questions the last one stands. */
const MOST_IN_A_ROW = 3;

/**
 * Looks at everything that waits for an approval before its first step: whether the same request still gives the plan
 * that people are looking at, and its targets are as they were shown. What has changed, the same in two looks one after
 * the other, is asked anew by itself. Looks only, and only one process of a cluster should.
 */
export function createRecheck(ports: RecheckPorts): () => Promise<void> {
  let seen = new Map<number, string>();
  return async () => {
    const waiting = (await ports.store.list({ states: ['AWAITING_APPROVAL'], limit: MOST })).filter(
      ({ steps }) => !steps.some(hasBegun),
    );
    const now = new Map<number, string>();
    for (let first = 0; first < waiting.length; first += AT_ONCE) {
      const some = waiting.slice(first, first + AT_ONCE);
      await Promise.all(
        some.map(async (snapshot) => {
          const { id } = snapshot.recovery;
          const changed = await changeOf(snapshot.recovery, ports);
          if (changed === undefined) return;
          now.set(id, changed);
          if (seen.get(id) === changed) await turn(snapshot, changed, ports);
        }),
      );
    }
    seen = now;
  };
}

async function turn(snapshot: Snapshot, changed: string, ports: RecheckPorts): Promise<void> {
  const { id } = snapshot.recovery;
  if (await askedOften(snapshot.recovery, ports.store)) return;
  const { ok } = await ports.store.commit(askAnew(move(snapshot), changed, ports.now()));
  if (ok) ports.dispatcher.changed(id);
}

/** What cannot be looked at, or not be planned in this moment, has not been seen to change. */
async function changeOf(recovery: Recovery, ports: RecheckPorts): Promise<string | undefined> {
  const { plan } = recovery;
  try {
    return whatChanged(
      plan,
      await ports.makePlan(sameRequest(recovery), askerOf(recovery, ports.people), plan.incident),
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (GONE.has(error.code)) return `it cannot be planned any more: ${error.message.replace(/\.$/, '')}`;
    ports.log('debug', 'a question could not be looked at again', {
      recovery: recoveryName(recovery.id),
      error: error.message,
    });
    return undefined;
  }
}

/** Its runbook or service is no longer there, or a rule forbids it now. */
const GONE: ReadonlySet<string> = new Set(['not_found', 'constitution']);

async function askedOften({ retryOf }: Recovery, store: RecheckPorts['store']): Promise<boolean> {
  let before = retryOf;
  for (let asked = 0; asked < MOST_IN_A_ROW; asked += 1) {
    const earlier = before === null ? undefined : (await store.load(before))?.recovery;
    if (earlier?.outcome?.code !== PLAN_CHANGED) return false;
    before = earlier.retryOf;
  }
  return true;
}
