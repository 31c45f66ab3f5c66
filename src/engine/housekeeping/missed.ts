import type { JobState } from './job.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The ages at which the rules of deploy/prometheus/housekeeping.yml cry. */
const OVERDUE_AFTER_MS: Readonly<Record<string, number>> = {
  backup_postgres: 26 * HOUR_MS,
  backup_redis: 26 * HOUR_MS,
  backup_knowledge: 8 * DAY_MS,
  backup_configuration: 8 * DAY_MS,
  backup_volumes: 3 * HOUR_MS,
  backup_mirror: 3 * HOUR_MS,
  backup_volumes_verify: 6 * HOUR_MS,
  backup_volumes_upload: 6 * HOUR_MS,
};

/** It only looks when all is well, and what its alerts tell of, the log's own partitions, is not written in its row. */
const ALWAYS = 'partitions_check';

/** What should have been done by now: jobs that failed last, backups that are too old, and a look at the partitions. */
export function missed(jobs: readonly JobState[], now: Date): JobState[] {
  return jobs.filter(({ name, last, lastSuccessAt }) => {
    if (name === ALWAYS || last?.outcome === 'failed') return true;
    const afterMs = OVERDUE_AFTER_MS[name];
    return afterMs !== undefined && (lastSuccessAt === null || +now - +lastSuccessAt > afterMs);
  });
}
