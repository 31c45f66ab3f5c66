import type { ObjectStore } from '../backups/s3/object-store.js';
import { copiesOf } from './copies.js';
import type { Snapshot, SnapshotCatalog } from './snapshot.js';

/**
 * Snapshots that lie in two places as one list: those of steps, which this takes and prunes, and those of the clock, which
 * only come back from here.
 */
export function snapshotsTogether(
  own: SnapshotCatalog,
  hourly: SnapshotCatalog,
  bucket?: ObjectStore,
): SnapshotCatalog {
  const list = async (service: string) => {
    const all = await Promise.all([own.list(service), hourly.list(service)]);
    return all.flat().sort(newestFirst);
  };
  return {
    take: own.take,
    list,
    ...(bucket ? { copies: (service, signal) => copiesOf(service, bucket, { signal }) } : {}),
    async open(service, id, use, signal) {
      const wanted = id ?? (await list(service))[0]?.id;
      const theirs = (await hourly.list(service)).some((one) => one.id === wanted);
      return (theirs ? hourly : own).open(service, wanted, use, signal);
    },
    prune: own.prune,
  };
}

function newestFirst(a: Snapshot, b: Snapshot): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);
}
