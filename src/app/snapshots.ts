import { join } from 'node:path';
import { createObjectStore } from '../engine/backups/s3/object-store.js';
import { createSnapshotCatalog } from '../engine/snapshots/catalog.js';
import type { SnapshotCatalog, SnapshotStore } from '../engine/snapshots/snapshot.js';
import { snapshotsTogether } from '../engine/snapshots/together.js';
import type { NodeOptions } from './node-options.js';

type SnapshotOptions = Pick<
  NodeOptions,
  'dataDir' | 'secretKey' | 'snapshotRetention' | 'hourlySnapshots' | 'services'
>;

/** Snapshots of steps; `hourly`: those of the clock, where a service asks for them. Restores see both. */
export function openSnapshots({ dataDir, secretKey, snapshotRetention, hourlySnapshots, services }: SnapshotOptions): {
  snapshots: SnapshotCatalog;
  hourly: SnapshotStore | undefined;
} {
  const dir = join(dataDir, 'snapshots');
  const own = createSnapshotCatalog({ dir, secretKey, retention: snapshotRetention });
  if (!hourlySnapshots || !services.some((service) => service.hourlySnapshots))
    return { snapshots: own, hourly: undefined };
  const hourly = openHourly(hourlySnapshots, secretKey);
  const { bucket } = hourlySnapshots;
  return { snapshots: snapshotsTogether(own, hourly, bucket && createObjectStore(bucket)), hourly };
}

export function openHourly(
  { dir, kept }: NonNullable<NodeOptions['hourlySnapshots']>,
  secretKey: string | undefined,
): SnapshotStore {
  const retention = { days: Number.POSITIVE_INFINITY, atLeast: kept, atMost: kept };
  return createSnapshotCatalog({ dir, secretKey, retention });
}
