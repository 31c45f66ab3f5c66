/** SQL for a moment in UTC to the microsecond: the same text in every session, whatever its time zone. */
export function moment(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** An entry as a sealed fact's parts, all of it text; `e` is its table. */
export const ENTRY_COLUMNS = `e.seq::text AS seq, e.previous, e.hash,
  ${moment('e.sealed_at')} AS sealed_at, e.event_id::text AS event_id, e.xid::text AS xid, ${moment('e.at')} AS at, e.who, e.what,
  'R-' || e.recovery_id AS recovery, e.via, e.place, e.why, e.digest, e.constitution, e.data::text AS data`;
