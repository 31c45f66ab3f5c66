import type { Pool, PoolClient } from 'pg';
import { rows, transaction } from '../query.js';
import type { Partition } from './months.js';

/** A table that is partitioned by the month of its column `at`, with a default partition and a log's order (xid, id). */
export interface PartitionedTable {
  /** Its own name; never from outside. */
  name: string;
  /** Column that names a recovery: no row of an unfinished one is dropped. */
  recoveryColumn: string;
}

/** All of them. A new one is one line. */
export const PARTITIONED: readonly PartitionedTable[] = [{ name: 'events', recoveryColumn: 'recovery_id' }];

export interface TableState {
  nowMs: number;
  partitions: Partition[];
  /** Rows lie in the default partition: their month had none. */
  stray: boolean;
}

/** The table as Postgres has it. Bounds come from the catalog, so that a name means nothing. */
export function tableState(pool: Pool, { name }: PartitionedTable): Promise<TableState> {
  return transaction(pool, async (client) => {
    await client.query(`SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'`);
    const [now] = await rows<{ now_ms: number; stray: boolean }>(
      client,
      `SELECT extract(epoch FROM now())::float8 * 1000 AS now_ms, EXISTS (SELECT FROM ${defaultOf(name)}) AS stray`,
    );
    return { nowMs: now?.now_ms ?? 0, stray: now?.stray ?? false, partitions: await partitionsOf(client, name) };
  });
}

/** In a transaction whose time zone is UTC. */
export async function partitionsOf(client: PoolClient, parent: string): Promise<Partition[]> {
  const found = await rows<{ name: string; from_ms: number | null; to_ms: number | null }>(
    client,
    `SELECT name, ${bound('FROM')} AS from_ms, ${bound('TO')} AS to_ms FROM (
       SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass) p
     WHERE bounds <> 'DEFAULT'`,
    [parent],
  );
  return found.map(({ name, from_ms, to_ms }) => ({
    name,
    fromMs: from_ms ?? Number.NEGATIVE_INFINITY,
    toMs: to_ms ?? Number.POSITIVE_INFINITY,
  }));
}

export function defaultOf(parent: string): string {
  return `${parent}_default`;
}

/** A timestamp for SQL text; numbers only. */
export function timestamp(ms: number): string {
  return `'${new Date(ms).toISOString()}'::timestamptz`;
}

/** Null for MINVALUE and MAXVALUE. */
function bound(which: 'FROM' | 'TO'): string {
  return `extract(epoch FROM (regexp_match(bounds, '${which} \\(''([^'']+)''\\)'))[1]::timestamptz)::float8 * 1000`;
}
