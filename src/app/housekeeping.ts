import { hostname } from 'node:os';
import { type BackupParts, backupJobs } from '../engine/backups/jobs.js';
import { createObjectStore } from '../engine/backups/s3/object-store.js';
import type { EnginePorts } from '../engine/create-engine.js';
import type { HousekeepingJob } from '../engine/housekeeping/job.js';
import { type KeeperParts, startKeeper } from '../engine/housekeeping/keeper.js';
import { UserError } from '../engine/model/errors.js';
import type { Service } from '../engine/model/service.js';
import { createExec } from '../engine/processes/exec.js';
import type { Guardian } from '../engine/processes/guardian.js';
import { clearGroupsOf } from '../engine/processes/run-groups.js';
import type { Runtimes } from '../engine/runtimes/runtimes.js';
import { hourlyCopies } from '../engine/snapshots/copies.js';
import { hourlySnapshots } from '../engine/snapshots/hourly.js';
import type { SnapshotStore } from '../engine/snapshots/snapshot.js';
import { hourlyProofs } from '../engine/snapshots/verify-hourly.js';
import { startHousekeepingWakes } from '../jobs/housekeeping-wakes.js';
import type { SharedRedis } from '../jobs/shared-redis.js';
import { createHousekeepingStore } from '../store/housekeeping-store.js';
import type { Pool } from '../store/pool.js';
import type { Closing } from './closing.js';
import { drillJob } from './drills.js';
import type { NodeOptions } from './node-options.js';
import { tidyingJobs } from './tidying.js';

export interface HousekeepingParts {
  pool: Pool;
  wakes: SharedRedis;
  closing: Closing;
  guardian: Guardian;
  backups: BackupParts;
  engine: EnginePorts;
  services(): readonly Service[];
  runtime: Runtimes;
  hourly: SnapshotStore | undefined;
}

/** Everything that happens by itself at a time of day. Adding something: a line here. */
export function housekeepingJobs(parts: BackupParts): HousekeepingJob[] {
  return [...backupJobs(parts)];
}

function snapshotJobs(
  { hourlySnapshots: places }: Pick<NodeOptions, 'hourlySnapshots'>,
  { hourly, ...parts }: HousekeepingParts,
): HousekeepingJob[] {
  if (!hourly) return [];
  const { secrets } = parts.backups;
  const own = { ...parts, snapshots: hourly, ...(secrets ? { secrets } : {}) };
  const { bucket, kept = 0 } = places ?? {};
  const copies = bucket ? [hourlyCopies({ ...own, kept, store: createObjectStore(bucket) })] : [];
  return [hourlySnapshots(own), hourlyProofs(own), ...copies];
}

const LOOK_MS = 5_000;
const LEASE_MS = 30_000;

/** Routine care of this process: by the clock, once in a cluster. */
export function startHousekeeping(options: NodeOptions, parts: HousekeepingParts): void {
  const { closing, wakes } = parts;
  const jobs = timed(
    [
      ...housekeepingJobs(parts.backups),
      ...snapshotJobs(options, parts),
      ...tidyingJobs(parts.pool, options),
      drillJob(parts.engine),
    ],
    options.housekeeping.schedules,
  );
  if (jobs.length === 0) return;
  const keeper = startKeeper({ ...keeperParts(options, parts), jobs, everyMs: LOOK_MS });
  closing.add('housekeeping', () => keeper.stop());
  const { timeZone } = options.housekeeping;
  const schedules = jobs.map(({ name, cron }) => ({ name, cron, timeZone }));
  const waking = startHousekeepingWakes({ ...wakes, schedules }, keeper.kick);
  closing.add('wake-ups of housekeeping', () => waking.close());
}

export function keeperParts(
  { housekeeping, log }: Pick<NodeOptions, 'housekeeping' | 'log'>,
  { pool, guardian }: Pick<HousekeepingParts, 'pool' | 'guardian'>,
): Omit<KeeperParts, 'jobs' | 'everyMs'> {
  const run = createExec(guardian);
  return {
    store: createHousekeepingStore(pool),
    timeZone: housekeeping.timeZone,
    by: `${hostname()}, process ${process.pid}`,
    exec: (runKey, epoch, signal) => run({ runKey, epoch, signal }),
    clear: async (runKey, epoch) => void (await clearGroupsOf(runKey, { upToEpoch: epoch - 1 })),
    leaseMs: LEASE_MS,
    log,
  };
}

/** With the times of the configuration; without those that it has turned off. */
export function timed(jobs: readonly HousekeepingJob[], schedules: Record<string, string>): HousekeepingJob[] {
  const stranger = Object.keys(schedules).find((name) => !jobs.some((job) => job.name === name));
  if (stranger !== undefined)
    throw new UserError(
      'invalid_input',
      `housekeeping.schedules.${stranger}: there is no such job; expected one of ${jobs.map(({ name }) => name).join(', ')}.`,
    );
  return jobs.flatMap((job) =>
    schedules[job.name] === 'off' ? [] : [{ ...job, cron: schedules[job.name] ?? job.cron }],
  );
}
