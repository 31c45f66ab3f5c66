import { ActionError } from '../actions/action.js';
import { BackupUnfit } from '../actions/backup-kinds/kind.js';
import type { SnapshotRim, Subject } from '../actions/snapshots/part.js';
import { rehearse } from '../actions/snapshots/rehearse.js';
import type { BackupProof } from '../backups/proof.js';
import { DAMAGED } from './catalog.js';
import type { Snapshot, SnapshotStore } from './snapshot.js';

/**
 * Restores a snapshot into a scratch folder and scratch volumes, and keeps what came of it beside the snapshot. Throws
 * where it could not be tried, such as without room: that says nothing about the snapshot.
 */
export async function proveSnapshot(
  one: Snapshot,
  subject: Subject,
  snapshots: Pick<SnapshotStore, 'open' | 'prove'>,
  rim: SnapshotRim & { now(): Date },
): Promise<BackupProof> {
  const beganAt = performance.now();
  const { outcome, detail } = await tried(one, subject, snapshots, rim);
  const proof: BackupProof = { outcome, detail, at: rim.now(), durationMs: Math.round(performance.now() - beganAt) };
  await snapshots.prove(one, proof);
  return proof;
}

async function tried(
  { service, id }: Snapshot,
  subject: Subject,
  snapshots: Pick<SnapshotStore, 'open'>,
  rim: SnapshotRim,
): Promise<Pick<BackupProof, 'outcome' | 'detail'>> {
  try {
    const detail = await snapshots.open(
      service,
      id,
      (folder, opened) => rehearse(subject, opened, folder, rim),
      rim.signal,
    );
    return { outcome: 'restored', detail };
  } catch (error) {
    rim.signal.throwIfAborted();
    if (error instanceof BackupUnfit) return { outcome: 'failed', detail: error.message };
    if (error instanceof ActionError && error.options.code === DAMAGED)
      return { outcome: 'failed', detail: String(error.options.facts?.why) };
    throw error;
  }
}
