import type { Service } from '../../engine/model/service.js';
import { dumpFolders } from '../cli/installation.js';
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
        ...asking.flatMap((one) => lacking(one, about)),
      ];
    } catch (error) {
      return [
        { state: 'broken', about, what: reasonOf(error), mend: 'Set BACKUP_VOLUMES_DIR to a folder of its own.' },
      ];
    }
  };
}

function lacking(service: Service, about: string): Finding[] {
  const less = service.health.some(({ type }) => type === 'redis' || type === 'postgres')
    ? undefined
    : LESS[service.runtime]?.(service);
  if (less === undefined) return [];
  const mend = 'Remove snapshots.hourly from it, or keep its data by other means.';
  return [{ state: 'warning', about, what: `${service.name}: ${less}`, mend }];
}
