import { WINDOW_MS } from '../engine/health/availability.js';
import type { HousekeepingJob, JobResult } from '../engine/housekeeping/job.js';
import { createAlertStore } from '../store/alert-store.js';
import { createAvailabilityStore } from '../store/availability-store.js';
import { careForPartitions, type PartitionCareOptions } from '../store/partitions/care.js';
import type { Pool } from '../store/pool.js';
import { removeOld } from '../store/retention.js';
import { anchorNow, dropOldMonths } from './audit/anchoring.js';
import { openSigningKey } from './audit/signing-key.js';
import type { NodeOptions } from './node-options.js';

const YEAR_MS = 365 * 86_400_000;
const KEPT = {
  eventMonths: 12,
  auditMonths: 24,
  recoveriesMs: YEAR_MS,
  effectsMs: 30 * 86_400_000,
  consoleMs: YEAR_MS,
};
/** The source document's number. */
const MONTHS_AHEAD = 3;
const ALERTS_KEPT_MS = 30 * 86_400_000;
/** PagerDuty repeats a delivery for two days. */
const DELIVERIES_KEPT_MS = 4 * 86_400_000;
const TURN_MS = 30 * 60_000;

type Kept = Pick<NodeOptions, 'retention' | 'log'>;
type Tidied = Kept & Pick<NodeOptions, 'auditKeyFile'>;

/** What keeps Reviver's own database from growing for ever, and the event log from missing its next month. */
export function tidyingJobs(pool: Pool, options: Tidied): HousekeepingJob[] {
  const { eventMonths: _, auditMonths: __, ...rows } = options.retention ?? KEPT;
  const partitions = {
    timeoutMs: TURN_MS,
    run: ({ signal }: { signal: AbortSignal }) => lookAfterPartitions(pool, options, signal),
  };
  return [
    // Times: source document on operations. A day looks too, so that a first of the month that failed costs no month.
    { name: 'partitions', cron: '0 2 1 * *', ...partitions },
    { name: 'partitions_check', cron: '30 2 * * *', ...partitions },
    {
      name: 'retention',
      cron: '0 3 * * *',
      timeoutMs: TURN_MS,
      run: async ({ signal }) => {
        await createAvailabilityStore(pool).forgetBefore(WINDOW_MS);
        await createAlertStore(pool).forget(ALERTS_KEPT_MS, DELIVERIES_KEPT_MS);
        const removed = await removeOld(pool, rows, signal);
        const { recoveries, incidents, plans, effects, messages, answers } = removed;
        const summary = `removed: ${recoveries} recoveries, ${incidents} incidents, ${plans} plans, ${effects} sent effects, ${messages} messages, ${answers} kept answers`;
        return { summary, ...removed };
      },
    },
  ];
}

/**
 * Makes, mends and drops partitions now. The audit's end is signed each time, and what is dropped of it before it goes;
 * without a key none of it is dropped, and `UserError` says so.
 */
export async function lookAfterPartitions(pool: Pool, options: Tidied, signal: AbortSignal): Promise<JobResult> {
  const done = await careForPartitions(pool, careOptions(options), signal);
  if (!done) return { summary: 'another process does it just now' };
  const { created, dropped } = done;
  const key = await openSigningKey(options.auditKeyFile);
  const audit = await dropOldMonths(pool, (options.retention ?? KEPT).auditMonths, key, signal);
  const anchor = await anchorNow(pool, key);
  const summary = `${created.length} made, ${dropped.length + audit.length} dropped; the audit is signed up to entry ${anchor?.seq ?? 0}`;
  return { summary, created, dropped: [...dropped, ...audit] };
}

/** Looks at the partitions once, without waiting for their time; a failure is told, and their job tries again. */
export function tidyAtStart(pool: Pool, options: Kept): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = careForPartitions(pool, careOptions(options), signal).catch((error: unknown) => {
    if (signal.aborted) return;
    const said = error instanceof Error ? error.message : String(error);
    options.log('warn', 'the partitions could not be looked after at the start', { error: said });
  });
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function careOptions({ retention = KEPT, log }: Kept): PartitionCareOptions {
  return { monthsAhead: MONTHS_AHEAD, monthsKept: retention.eventMonths, log };
}
