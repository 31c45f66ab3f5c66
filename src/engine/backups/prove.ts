import { ActionError, type BackupRecord } from '../actions/action.js';
import { type BackupData, type BackupRim, BackupUnfit } from '../actions/backup-kinds/kind.js';
import { BACKUP_KINDS } from '../actions/backup-kinds/kinds.js';
import type { Service } from '../model/service.js';
import type { BackupStore } from './catalog.js';
import { NOT_OPENED } from './opened.js';
import type { BackupProof } from './proof.js';
import { verify } from './verify.js';

/**
 * Restores a backup into a scratch server and keeps what came of it beside the backup. Throws where it could not be tried,
 * such as without a server: that says nothing about the backup.
 */
export async function proveBackup(
  record: BackupRecord,
  service: Service,
  catalog: BackupData & Pick<BackupStore, 'prove'>,
  rim: BackupRim & { now(): Date },
): Promise<BackupProof> {
  const beganAt = performance.now();
  const { outcome, detail } = await tried(record, service, catalog, rim);
  const proof: BackupProof = { outcome, detail, at: rim.now(), durationMs: Math.round(performance.now() - beganAt) };
  await catalog.prove(record, proof);
  return proof;
}

async function tried(
  record: BackupRecord,
  service: Service,
  catalog: BackupData,
  rim: BackupRim,
): Promise<Pick<BackupProof, 'outcome' | 'detail'>> {
  const damage = await verify(record, rim.signal);
  if (damage !== undefined) return { outcome: 'failed', detail: damage };
  try {
    const detail = await BACKUP_KINDS[record.kind].prove(record, service, catalog, rim);
    return { outcome: 'restored', detail };
  } catch (error) {
    rim.signal.throwIfAborted();
    const unfit = error instanceof BackupUnfit || (error instanceof ActionError && error.options.code === NOT_OPENED);
    if (unfit) return { outcome: 'failed', detail: error.message };
    throw error;
  }
}
