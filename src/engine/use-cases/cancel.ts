import type { EnginePorts } from '../create-engine.js';
import { UserError } from '../model/errors.js';
import { noRecovery } from '../model/missing.js';
import { recoveryName, type Snapshot } from '../model/recovery.js';
import { move } from '../recovery/move.js';
import { cancelIdle } from '../recovery/person-moves.js';

/** `ended`: it is over. `told`: its worker stops the running step now. `under_way`: somebody was first, and it stops. */
export type Cancelling = { is: 'ended' | 'told' } | { is: 'under_way'; by: string };

/** Stops a recovery, whoever holds it (D11). Throws `conflict` when there is nothing to stop any more. */
export async function cancelRecovery(
  id: number,
  by: string,
  { store, dispatcher, now }: Pick<EnginePorts, 'store' | 'dispatcher' | 'now'>,
): Promise<Cancelling> {
  const load = async () => (await store.load(id)) ?? missing(id);
  const end = async (snapshot: Snapshot) => (await store.commit(cancelIdle(move(snapshot), by, now()))).ok;
  const ended = (): Cancelling => {
    dispatcher.changed(id);
    return { is: 'ended' };
  };
  const snapshot = await load();
  const { recovery } = snapshot;
  // What cannot be cancelled any more says so first.
  cancelIdle(move(snapshot), by, now());
  // Between two attempts, or on its way to another pool, nobody holds it: there is no owner who could obey.
  if (recovery.owner === null && (await end(snapshot))) return ended();
  if (recovery.cancelBy) return { is: 'under_way', by: recovery.cancelBy };
  const asked = await store.requestCancel(id, by);
  if (!asked) throw tooLate(id);
  // Let go of in this very moment, to wait for people: again there is no owner who could obey.
  if (recovery.owner !== null && asked.owner === null && (await end(await load()))) return ended();
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
