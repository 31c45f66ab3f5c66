import type { Pool } from 'pg';
import type { RecoveryStore } from '../engine/ports.js';
import { rows } from './query.js';
import { type EventRow, toEvent } from './rows.js';

/** Reading and adding to the event log outside a change of state. */
export function createEventLog(pool: Pool): Pick<RecoveryStore, 'record' | 'events' | 'eventsSince'> {
  return {
    async record(recoveryId, events, effects = []) {
      await rows(
        pool,
        `WITH sent AS (
           INSERT INTO outbox (key, kind, payload)
           SELECT key, kind, payload FROM jsonb_to_recordset($3::jsonb) AS o(key text, kind text, payload jsonb)
           ON CONFLICT (key) DO NOTHING)
         INSERT INTO events (recovery_id, kind, actor, data)
         SELECT $1, kind, actor, data FROM jsonb_to_recordset($2::jsonb) AS e(kind text, actor text, data jsonb)`,
        [recoveryId, JSON.stringify(events), JSON.stringify(effects)],
      );
    },

    async events(recoveryId) {
      const found = await rows<EventRow>(pool, 'SELECT * FROM events WHERE recovery_id = $1 ORDER BY xid, id', [
        recoveryId,
      ]);
      return found.map(toEvent);
    },

    /** Ids are given before commits; only transactions older than every running one are read, in their order. */
    async eventsSince(cursor, limit) {
      if (cursor?.startsWith('#')) {
        const [seen] = await rows<{ xid: string }>(pool, 'SELECT xid FROM events WHERE id = $1', [cursor.slice(1)]);
        return { cursor: `${seen?.xid ?? 0}:${seen ? cursor.slice(1) : 0}`, events: [] };
      }
      if (cursor === null) {
        const [end] = await rows<{ cursor: string }>(
          pool,
          `SELECT (log_settled()::text::bigint - 1)::text || ':' || '9223372036854775807' AS cursor`,
        );
        return { cursor: end?.cursor ?? '0:0', events: [] };
      }
      const [xid = '0', id = '0'] = cursor.split(':');
      const found = await rows<EventRow>(
        pool,
        `SELECT * FROM events WHERE (xid, id) > ($1::xid8, $2::bigint) AND xid < log_settled()
         ORDER BY xid, id LIMIT $3`,
        [xid, id, limit],
      );
      const last = found.at(-1);
      return { cursor: last ? `${last.xid}:${last.id}` : cursor, events: found.map(toEvent) };
    },
  };
}
