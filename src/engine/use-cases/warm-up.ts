import type { EnginePorts } from '../create-engine.js';
import type { Principal } from '../model/person.js';
import { ACTIVE_STATES } from '../model/recovery.js';
import { requireRole } from './authorise.js';

/** More are not under way at once; what is beyond is found by the poll. */
const MOST = 500;

export interface WarmedUp {
  redis: 'ok' | 'down';
  /** Recoveries whose wake-up was sent again. */
  woken: number;
}

/**
 * After Redis has lost everything: sends the wake-ups of all that is under way again. Nothing depends on it (D6): the
 * poll finds them too, a moment later. Safe to repeat.
 */
export async function warmUp(
  who: Principal,
  { store, dispatcher, parts }: Pick<EnginePorts, 'store' | 'dispatcher' | 'parts'>,
): Promise<WarmedUp> {
  requireRole(who, ['responder', 'admin'], 'warm caches up');
  const active = await store.list({ states: [...ACTIVE_STATES], limit: MOST });
  for (const { recovery } of active) dispatcher.wake(recovery);
  return { ...parts(), woken: active.length };
}
