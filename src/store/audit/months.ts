import type { Pool } from 'pg';
import type { ChainEnd } from '../../engine/audit/chain.js';
import { rows } from '../query.js';

export interface AuditMonth {
  /** `entries_2026_11` */
  name: string;
  /** Its last entry; undefined where it has none. */
  end: ChainEnd | undefined;
}

/** Months that ended more than `monthsKept` whole months ago, the oldest first: each is the beginning of the chain then. */
export async function expiredMonths(pool: Pool, monthsKept: number): Promise<AuditMonth[]> {
  const names = await rows<{ name: string }>(
    pool,
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'audit.entries'::regclass
       AND c.relname < 'entries_' || to_char(now() AT TIME ZONE 'UTC' - make_interval(months => $1), 'YYYY_MM')
     ORDER BY 1`,
    [monthsKept],
  );
  return Promise.all(names.map(async ({ name }) => ({ name, end: await endOf(pool, name) })));
}

/** With all of its entries. The database refuses it where no anchor is stored for its end. */
export async function dropMonth(pool: Pool, name: string): Promise<void> {
  await rows(pool, 'SELECT audit.drop_month($1)', [name]);
}

/** `name` is the catalog's. */
async function endOf(pool: Pool, name: string): Promise<ChainEnd | undefined> {
  const [last] = await rows<{ seq: string; hash: string }>(
    pool,
    `SELECT e.seq::text AS seq, e.hash FROM audit.${name} e ORDER BY e.seq DESC LIMIT 1`,
  );
  return last && { seq: Number(last.seq), hash: last.hash };
}
