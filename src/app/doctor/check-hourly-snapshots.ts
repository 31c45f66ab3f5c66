import type { Environment } from '../../config/environment.js';
import type { Service } from '../../engine/model/service.js';
import { dumpBuckets, dumpFolders } from '../cli/installation.js';
import { hourlySnapshotBucket } from '../cli/snapshot-bucket.js';
import { hourlySnapshotFolder } from '../cli/snapshot-folder.js';
import type { Check, Finding } from './finding.js';
import type { Patient } from './patient.js';
import { reasonOf } from './reason.js';

/** What a runtime cannot keep of what its services store; absent: it keeps it. */
const LESS: Readonly<Record<string, (service: Service) => string | undefined>> = {
  process: ({ dataDir }) =>
    dataDir === undefined ? 'a process without data_dir has no files that are known' : undefined,
  compose: () => 'the runtime compose keeps no volumes',
  systemd: () => 'the runtime systemd keeps no files',
  kubernetes: () => 'no volume of a workload is kept; let VolumeSnapshots of the cluster do that',
};

/** Services that ask for hourly snapshots and get less than all of their data, and where these lie. */
export function checkHourlySnapshots({ config, environment }: Patient): Check {
  const about = 'hourly snapshots';
  return async () => {
    const asking = (config?.services ?? []).filter(({ hourlySnapshots }) => hourlySnapshots);
    if (asking.length === 0) return [];
    try {
      const folder = hourlySnapshotFolder(environment, dumpFolders(environment));
      return [
        { state: 'ok', about, what: `${asking.length} in ${folder}` },
        ...apart(environment, about),
        ...asking.flatMap((one) => lacking(one, about)),
      ];
    } catch (error) {
      return [
        {
          state: 'broken',
          about,
          what: reasonOf(error),
          mend: 'Set BACKUP_VOLUMES_DIR to a folder, and BACKUP_VOLUMES_S3_URL to a bucket, of their own.',
        },
      ];
    }
  };
}

/** Their copies, with which the loss of the disk is none of them. */
function apart(environment: Environment, about: string): Finding[] {
  const dumps = dumpBuckets(environment);
  const bucket = hourlySnapshotBucket(environment, dumps);
  if (!bucket) {
    const what = 'BACKUP_VOLUMES_S3_URL is not set: hourly snapshots lie on this disk alone';
    return [{ state: 'warning', about, what, mend: 'Set it to a bucket on another machine, not that of the dumps.' }];
  }
  if (dumps.every(({ url }) => url !== bucket.url)) return [{ state: 'ok', about, what: `copies go to ${bucket.url}` }];
  const what = `copies go to ${bucket.url}, the bucket of the dumps: what is done to it is done to both`;
  return [{ state: 'warning', about, what, mend: 'Give BACKUP_VOLUMES_S3_URL a bucket of its own.' }];
}

function lacking(service: Service, about: string): Finding[] {
  const less = service.health.some(({ type }) => type === 'redis' || type === 'postgres')
    ? undefined
    : LESS[service.runtime]?.(service);
  if (less === undefined) return [];
  const mend = 'Remove snapshots.hourly from it, or keep its data by other means.';
  return [{ state: 'warning', about, what: `${service.name}: ${less}`, mend }];
}
