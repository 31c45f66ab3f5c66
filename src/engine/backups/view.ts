import type { BackupCatalog, BackupRecord } from '../actions/action.js';
import type { JobState } from '../housekeeping/job.js';

/** The backups of one name, for people. */
export interface BackupsView {
  name: string;
  newest?: BackupRecord;
  /** Complete ones. */
  count: number;
  /** Ids of such as cannot be read any more. */
  damaged: string[];
  /** Of all names: what makes backups and proves them. */
  jobs: readonly JobState[];
}

export async function backupsView(catalog: BackupCatalog, states: readonly JobState[]): Promise<BackupsView[]> {
  const jobs = states.filter(({ name }) => name.startsWith('backup_'));
  return Promise.all(
    catalog.names().map(async (name) => {
      const records = await catalog.list(name);
      const damaged = (await catalog.damaged?.(name)) ?? [];
      const [newest] = records;
      return { name, count: records.length, damaged: damaged.map(({ id }) => id), jobs, ...(newest ? { newest } : {}) };
    }),
  );
}
