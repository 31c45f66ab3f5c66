import { sizeInWords } from '../../../engine/actions/docker/size.js';
import { formatDuration } from '../../../engine/model/duration.js';
import { copiesOf } from '../../../engine/snapshots/copies.js';
import type { KeptSnapshot, Snapshot } from '../../../engine/snapshots/snapshot.js';
import type { Desk } from './desk.js';

/** Each once, the newest first: where it lies, and whether a restore has proven it. */
export async function listSnapshots(desk: Desk, service: string): Promise<void> {
  try {
    const { snapshots, store } = desk.volumes();
    const here = await snapshots.list(service);
    const there = store ? await copiesOf(service, store, desk) : [];
    const copied = new Set(there.map(({ id }) => id));
    const only = there.filter(({ id }) => here.every((one) => one.id !== id));
    const all: KeptSnapshot[] = [...here, ...only].sort((a, b) => (a.id < b.id ? 1 : -1));
    desk.print(all.length === 0 ? `${service}: no hourly snapshots` : `${service}: ${all.length} hourly snapshots`);
    for (const one of all) desk.print(`  ${described(one, placeOf(one, here, copied))}`);
    if (!store) desk.print('  BACKUP_VOLUMES_S3_URL is not set: they lie here alone');
  } finally {
    await desk.close();
  }
}

function placeOf({ id }: Snapshot, here: readonly Snapshot[], copied: ReadonlySet<string>): string {
  if (here.every((one) => one.id !== id)) return 'in the store alone';
  return copied.has(id) ? 'here and in the store' : 'here alone';
}

function described({ id, createdAt, bytes, damaged, proof }: KeptSnapshot, place: string): string {
  const age = formatDuration(Date.now() - createdAt.getTime());
  const proven = proof ? `proven: ${proof.detail}` : 'not proven here';
  const state = damaged === undefined ? proven : `DAMAGED: ${damaged}`;
  return `${id}  ${age} old  ${sizeInWords(bytes)}  ${place}  ${state}`;
}
