import { readEnvironment } from '../../../config/environment.js';
import { loadConfig } from '../../../config/load.js';
import type { BackupParts } from '../../../engine/backups/jobs.js';
import { createObjectStore, type ObjectStore } from '../../../engine/backups/s3/object-store.js';
import type { HousekeepingJob, JobContext } from '../../../engine/housekeeping/job.js';
import { createExec } from '../../../engine/processes/exec.js';
import { createGuardian } from '../../../engine/processes/guardian.js';
import type { SnapshotStore } from '../../../engine/snapshots/snapshot.js';
import type { Pool } from '../../../store/pool.js';
import { openBackups } from '../../backups.js';
import { configurationSource } from '../../configuration/source.js';
import { housekeepingJobs, keeperParts } from '../../housekeeping.js';
import { openSecrets } from '../../secrets.js';
import { openHourly } from '../../snapshots.js';
import { backupFolders, hourlySnapshotPlaces } from '../installation.js';

/** What the commands of backups work with. Neither Postgres nor Redis need answer. */
export interface Desk extends BackupParts {
  jobs: HousekeepingJob[];
  databaseUrl: string;
  /** Hourly snapshots here, and their copies; a mistake of their settings is a `UserError`. */
  volumes(): { snapshots: SnapshotStore; store: ObjectStore | undefined };
  keeper(pool: Pool): ReturnType<typeof keeperParts>;
  timeZone: string;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** For work that is nobody's job. */
  context(what: string, more?: Pick<JobContext, 'onBytes'>): JobContext;
  print(line: string): void;
  close(): Promise<void>;
}

export async function openDesk(env: NodeJS.ProcessEnv, print: (line: string) => void): Promise<Desk> {
  const environment = readEnvironment(env, ['DATABASE_URL']);
  const config = await loadConfig(environment.REVIVER_CONFIG);
  const databaseUrl = environment.DATABASE_URL?.reveal() ?? '';
  const { backupParts } = openBackups(
    {
      ...backupFolders(environment),
      backups: config.backups,
      configuration: configurationSource({ config, environment, env }),
      secretKey: environment.REVIVER_SECRET_KEY?.reveal(),
      databaseUrl,
      redisUrl: environment.REDIS_URL?.reveal() ?? config.brokerUrl ?? '',
      dataDir: environment.REVIVER_DATA,
      secrets: openSecrets(environment, env),
    },
    () => config.services,
  );
  const guardian = createGuardian();
  const ending = new AbortController();
  const end = () => ending.abort(new Error('stopped; what was begun does not count'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  return {
    ...backupParts,
    jobs: housekeepingJobs(backupParts),
    databaseUrl,
    volumes() {
      const places = hourlySnapshotPlaces(environment, config);
      const store = places.bucket && createObjectStore(places.bucket);
      return { snapshots: openHourly(places, environment.REVIVER_SECRET_KEY?.reveal()), store };
    },
    keeper: (pool) => keeperParts({ housekeeping: config.housekeeping, log: () => {} }, { pool, guardian }),
    timeZone: config.housekeeping.timeZone,
    signal: ending.signal,
    context(what, more = {}) {
      const runKey = `backup-${process.pid}/${what}`;
      const { signal } = ending;
      const exec = createExec(guardian)({ runKey, signal });
      return { signal, runKey, exec, tries: 1, log: (said) => print(`  ${said}`), now: () => new Date(), ...more };
    },
    print,
    async close() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
      await guardian.close();
    },
  };
}
