import type { EnginePorts } from '../create-engine.js';
import { UserError } from '../model/errors.js';
import { noRecovery } from '../model/missing.js';
import { isTerminal, recoveryName, type Snapshot } from '../model/recovery.js';
import { move } from '../recovery/move.js';
import { stop } from '../recovery/stop.js';

/** `ended`: it is over. `put_back`: it was a drill, and what it broke is put back. `told`: its worker stops the running step now. `under_way`: somebody was first, and it stops. */
export type Cancelling = { is: 'ended' | 'put_back' | 'told' } | { is: 'under_way'; by: string };

/** Stops a recovery, whoever holds it (D11). Throws `conflict` when there is nothing to stop any more. */
export async function cancelRecovery(
  id: number,
  by: string,
  { store, dispatcher, undoOf, now }: Pick<EnginePorts, 'store' | 'dispatcher' | 'undoOf' | 'now'>,
): Promise<Cancelling> {
  const load = async () => (await store.load(id)) ?? missing(id);
  const ending = (snapshot: Snapshot) => stop(move(snapshot), by, { undoOf, now: now() });
  const end = async (snapshot: Snapshot): Promise<Cancelling | undefined> => {
    const made = ending(snapshot);
    if (!(await store.commit(made)).ok) return undefined;
    dispatcher.changed(id);
    const over = isTerminal(made.after.recovery.state);
    if (!over) dispatcher.wake(made.after.recovery);
    return { is: over ? 'ended' : 'put_back' };
  };
  const snapshot = await load();
  const { recovery } = snapshot;
  // What cannot be cancelled any more says so first.
  ending(snapshot);
  // Between two attempts, or on its way to another pool, nobody holds it: there is no owner who could obey.
  const idle = recovery.owner === null ? await end(snapshot) : undefined;
  if (idle) return idle;
  if (recovery.cancelBy) return { is: 'under_way', by: recovery.cancelBy };
  const asked = await store.requestCancel(id, by);
  if (!asked) throw tooLate(id);
  // Let go of in this very moment, to wait for people: again there is no owner who could obey.
  const left = recovery.owner !== null && asked.owner === null ? await end(await load()) : undefined;
  if (left) return left;
  dispatcher.cancel(id, by);
  dispatcher.changed(id);
  return { is: 'told' };
}

function missing(id: number): never {
  throw noRecovery(id);
}

function tooLate(id: number): UserError {
  const recovery = recoveryName(id);
  return new UserError(
    'conflict',
    `${recovery} ended in this moment, so there is nothing to cancel.`,
    {},
    { kind: 'too_late_to_cancel', recovery },
  );
}
