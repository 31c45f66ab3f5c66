import type { Pool } from 'pg';
import { BEGINNING, type ChainEnd } from '../../engine/audit/chain.js';
import type { AuditFact, SealedEntry } from '../../engine/audit/fact.js';
import { rows } from '../query.js';
import { ENTRY_COLUMNS, moment } from './columns.js';

const PAGE = 1_000;

/** A part of the chain by when it was sealed; absent: from its beginning, to its end. */
export interface Stretch {
  from?: Date;
  to?: Date;
}

/** Entries behind `after` in the order of their places, read page by page. A place that two rows claim is given twice. */
export async function* entriesAfter(
  pool: Pool,
  after: number,
  to: Date | undefined,
  signal: AbortSignal,
): AsyncGenerator<SealedEntry> {
  let cursor: [number, string] = [after + 1, ''];
  for (;;) {
    signal.throwIfAborted();
    const found = await rows<EntryRow>(
      pool,
      `SELECT ${ENTRY_COLUMNS} FROM audit.entries e
       WHERE (e.seq, e.hash) > ($1::bigint, $2) AND ($3::timestamptz IS NULL OR e.sealed_at < $3) ORDER BY e.seq, e.hash LIMIT ${PAGE}`,
      [...cursor, to ?? null],
    );
    for (const row of found) yield toEntry(row);
    const last = found.at(-1);
    if (!last || found.length < PAGE) return;
    cursor = [Number(last.seq), last.hash];
  }
}

/** The place before the first entry of a stretch, as the chain itself tells it; the beginning where there is none. */
export async function beforeStretch(pool: Pool, from: Date | undefined): Promise<ChainEnd> {
  const [first] = await rows<{ seq: string; previous: string }>(
    pool,
    `SELECT e.seq::text AS seq, e.previous FROM audit.entries e
     WHERE $1::timestamptz IS NULL OR e.sealed_at >= $1 ORDER BY e.seq LIMIT 1`,
    [from ?? null],
  );
  return first ? { seq: Number(first.seq) - 1, hash: first.previous } : BEGINNING;
}

/** The last place of a stretch that ends before `to`; 0 where it has none. */
export async function lastBefore(pool: Pool, to: Date): Promise<number> {
  const [last] = await rows<{ seq: string }>(
    pool,
    'SELECT e.seq::text AS seq FROM audit.entries e WHERE e.sealed_at < $1 ORDER BY e.seq DESC LIMIT 1',
    [to],
  );
  return Number(last?.seq ?? 0);
}

/** The end of the chain; undefined where nothing is sealed. */
export async function chainEnd(pool: Pool): Promise<(ChainEnd & { sealedAt: string }) | undefined> {
  const [last] = await rows<{ seq: string; hash: string; sealed_at: string }>(
    pool,
    `SELECT e.seq::text AS seq, e.hash, ${moment('e.sealed_at')} AS sealed_at FROM audit.entries e ORDER BY e.seq DESC LIMIT 1`,
  );
  return last && { seq: Number(last.seq), hash: last.hash, sealedAt: last.sealed_at };
}

/** A page for people, the newest first: those before the place given. */
export async function newestEntries(pool: Pool, before: number | undefined, limit: number): Promise<SealedEntry[]> {
  const found = await rows<EntryRow>(
    pool,
    `SELECT ${ENTRY_COLUMNS} FROM audit.entries e WHERE $1::bigint IS NULL OR e.seq < $1 ORDER BY e.seq DESC LIMIT $2`,
    [before ?? null, limit],
  );
  return found.map(toEntry);
}

type EntryRow = AuditFact & { seq: string; previous: string; hash: string };

function toEntry({ seq, previous, hash, ...fact }: EntryRow): SealedEntry {
  return { seq: Number(seq), previous, hash, fact };
}
