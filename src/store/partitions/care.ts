import type { Pool } from 'pg';
import type { Log } from '../../engine/ports.js';
import { isUnavailable, rows } from '../query.js';
import { alone } from './alone.js';
import { createPartition } from './create.js';
import { dropPartition } from './drop.js';
import { emptyDefault } from './empty-default.js';
import { expired, missingAhead } from './months.js';
import type { Patience } from './patiently.js';
import { PARTITIONED, type PartitionedTable, tableState } from './table.js';

export interface PartitionCareOptions {
  /** Months beyond this one that have their partition already. */
  monthsAhead: number;
  /** Whole months that are kept besides this one. */
  monthsKept: number;
  log: Log;
  patienceMs?: number;
}

export interface PartitionReport {
  created: string[];
  dropped: string[];
}

/**
 * Makes the partitions of the months to come, moves rows that came without one, and drops what is older than its
 * retention. Safe to repeat, to kill, and to run beside writers; one process of the cluster does it, for the others it
 * gives undefined. Throws what went wrong; what was done until then stays, and the rest is for the next run.
 */
export function careForPartitions(
  pool: Pool,
  options: PartitionCareOptions,
  signal: AbortSignal,
): Promise<PartitionReport | undefined> {
  return alone(pool, 'partitions', () => care(pool, options, signal));
}

async function care(
  pool: Pool,
  { monthsAhead, monthsKept, log, patienceMs }: PartitionCareOptions,
  signal: AbortSignal,
): Promise<PartitionReport> {
  const patience: Patience = { signal, ...(patienceMs === undefined ? {} : { patienceMs }) };
  const report: PartitionReport = { created: [], dropped: [] };
  try {
    for (const table of PARTITIONED) await create(pool, table, monthsAhead, patience, report);
    await note(pool, 'creation_success_at = now()');
    for (const table of PARTITIONED) await drop(pool, table, monthsKept, patience, report, log);
    await note(pool, 'last_success_at = clock_timestamp()');
    if (report.created.length + report.dropped.length > 0) log('info', 'partitions were looked after', { ...report });
    return report;
  } catch (error) {
    // Where the database is away this fails too; bot_db_pool_healthy tells of that.
    if (!signal.aborted)
      await note(pool, 'errors = errors + 1, last_error_at = clock_timestamp()').catch(() => undefined);
    throw error;
  }
}

async function create(
  pool: Pool,
  table: PartitionedTable,
  monthsAhead: number,
  patience: Patience,
  { created }: PartitionReport,
): Promise<void> {
  const made = async (names: string[]) => {
    created.push(...names);
    await note(pool, 'created = created + $1', [names.length]);
  };
  for (let again = false; ; again = true) {
    const { stray, partitions, nowMs } = await tableState(pool, table);
    if (stray) {
      await made(await emptyDefault(pool, table.name, patience));
      continue;
    }
    try {
      for (const range of missingAhead(partitions, nowMs, monthsAhead))
        await made([await createPartition(pool, table.name, range, patience)]);
      return;
    } catch (error) {
      // A row came between the look and the lock: then it is moved first.
      if (again || !isStray(error)) throw error;
    }
  }
}

async function drop(
  pool: Pool,
  table: PartitionedTable,
  monthsKept: number,
  patience: Patience,
  { dropped }: PartitionReport,
  log: Log,
): Promise<void> {
  const { partitions, nowMs } = await tableState(pool, table);
  for (const { name } of expired(partitions, nowMs, monthsKept)) {
    const unfinished = await dropPartition(pool, table, name, patience);
    if (unfinished === undefined) {
      dropped.push(name);
      await note(pool, 'dropped = dropped + 1');
    } else
      log('warn', 'an old partition is kept: an unfinished recovery has rows in it', {
        partition: name,
        recovery: `R-${unfinished}`,
      });
  }
}

async function note(pool: Pool, change: string, values: unknown[] = []): Promise<void> {
  await rows(pool, `UPDATE partition_care SET ${change}`, values);
}

const CHECK_VIOLATION = '23514';

function isStray(error: unknown): boolean {
  return (
    !isUnavailable(error) &&
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === CHECK_VIOLATION
  );
}

/** Of all runs of all processes. Times are seconds since 1970; null: never yet. */
export interface PartitionFacts {
  lastSuccess: number | null;
  creationSuccess: number | null;
  created: number;
  dropped: number;
  errors: number;
  /** The last run failed. */
  failing: boolean;
}

export async function partitionFacts(pool: Pool): Promise<PartitionFacts> {
  const [found] = await rows<PartitionFacts>(
    pool,
    `SELECT extract(epoch FROM last_success_at)::float8 AS "lastSuccess", extract(epoch FROM creation_success_at)::float8 AS "creationSuccess",
       created::float8, dropped::float8, errors::float8,
       coalesce(last_error_at > coalesce(last_success_at, '-infinity'), false) AS failing FROM partition_care`,
  );
  return found ?? { lastSuccess: null, creationSuccess: null, created: 0, dropped: 0, errors: 0, failing: false };
}
