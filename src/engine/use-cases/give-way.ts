import type { EnginePorts } from '../create-engine.js';
import type { Principal } from '../model/person.js';
import type { Recovery } from '../model/recovery.js';
import { hasBegun } from '../recovery/frontier.js';
import { move } from '../recovery/move.js';
import { cancelIdle } from '../recovery/person-moves.js';

/**
 * A drill that only waits to be approved must not stand in the way of whoever is in need: it ends, and nothing was
 * broken. True when it did.
 */
export async function drillGaveWay(
  running: Recovery,
  who: Principal,
  { store, dispatcher, now }: Pick<EnginePorts, 'store' | 'dispatcher' | 'now'>,
): Promise<boolean> {
  if (!running.plan.drill || running.state !== 'AWAITING_APPROVAL') return false;
  const drill = await store.load(running.id);
  if (!drill || drill.steps.some(hasBegun)) return false;
  const why = `${who.name} asks for a recovery in earnest`;
  const { ok } = await store.commit(cancelIdle(move(drill), why, now(), 'drill_gave_way'));
  if (ok) dispatcher.changed(running.id);
  return ok;
}
