import type { RecoveryStore } from '../../engine/ports.js';
import type { Ledger } from './ledger.js';

/** The event log. In one process the order of the ids is the order of the commits; a cursor is the last id. */
export function createMemoryEventLog({
  events,
  tell,
}: Ledger): Pick<RecoveryStore, 'record' | 'events' | 'eventsSince'> {
  return {
    async record(recoveryId, added, effects) {
      tell(recoveryId, added, effects);
    },

    events: async (recoveryId) => events.filter((one) => one.recoveryId === recoveryId),

    async eventsSince(cursor, limit) {
      if (cursor === null) return { cursor: String(events.at(-1)?.id ?? 0), events: [] };
      if (cursor.startsWith('#')) return { cursor: cursor.slice(1), events: [] };
      const found = events.filter(({ id }) => id > Number(cursor)).slice(0, limit);
      return { cursor: String(found.at(-1)?.id ?? cursor), events: found };
    },
  };
}
