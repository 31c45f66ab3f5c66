import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { findBackup, requireIntact } from '../../../engine/actions/find-backup.js';
import type { Desk } from './desk.js';

/** Readable by its owner alone: it is not encrypted. */
export async function openBackupTo(desk: Desk, wanted: string, target: string): Promise<void> {
  const { catalog, dataDir, signal, print } = desk;
  try {
    const record = await findBackup(wanted, catalog);
    await requireIntact(record, catalog, signal);
    process.umask(0o077);
    await catalog.opened(record, { dir: dataDir, signal }, ({ file }) =>
      copyFile(file, target, constants.COPYFILE_EXCL),
    );
    print(`Backup ${record.id} of ${record.createdAt.toISOString()} is in ${target}.`);
  } finally {
    await desk.close();
  }
}
