import type { Dispatcher, RecoveryStore, Stranded } from '../ports.js';
import { abilityInWords } from './abilities.js';

export interface StrandedPorts {
  store: Pick<RecoveryStore, 'stranded' | 'record'>;
  dispatcher: Pick<Dispatcher, 'changed'>;
}

/** Tells people, once, of recoveries whose next step has waited for `afterMs` in a pool without a live worker. */
export async function tellOfStranded({ store, dispatcher }: StrandedPorts, afterMs: number): Promise<void> {
  for (const one of await store.stranded(afterMs)) {
    const { recovery, service, pool, key } = one;
    const reason = reasonOf(one);
    const told = { kind: 'recovery.no_worker', actor: 'reviver', data: { service, pool, reason } };
    const payload = { recovery, service, code: 'no_worker', reason, by: 'reviver' };
    await store.record(recovery, [told], [{ key, kind: 'escalation', payload }]);
    dispatcher.changed(recovery);
  }
}

function reasonOf({ pool, served, lacking }: Stranded): string {
  if (served.includes(pool))
    return `no live worker of the pool ${pool} has every action of its plan; missing: ${lacking.map(abilityInWords).join(', ')}. Start a worker of the version that planned it, or cancel it and recover anew`;
  const others = served.length > 0 ? `Workers serve ${served.join(', ')}.` : 'No worker is alive at all.';
  return `its next step waits for a worker of the pool ${pool}, and none is alive. ${others} Start one: reviver worker --pool ${pool}`;
}
