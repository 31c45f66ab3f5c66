import { fetchArchive } from '../../../engine/backups/archive/fetch.js';
import { count } from '../../../engine/health/words.js';
import { UserError } from '../../../engine/model/errors.js';
import type { Desk } from './desk.js';
import { showProgress } from './progress.js';

/** @param to a moment as people write it; absent: everything */
export async function fetchArchiveCopy(desk: Desk, to: string | undefined): Promise<void> {
  const { archive, print, signal } = desk;
  try {
    const store = archive?.store;
    if (!archive || !store)
      throw new UserError(
        'invalid_input',
        'BACKUP_WAL_DIR and BACKUP_ARCHIVE_S3_URL must be set: where the log belongs, and where its copies are.',
      );
    const before = to === undefined ? undefined : new Date(to);
    if (before && Number.isNaN(before.getTime()))
      throw new UserError('invalid_input', `${to} is no moment. Example: --to 2026-11-22T03:00:00Z`);
    const progress = showProgress('base backup');
    const how = { signal, onBytes: progress.onBytes, ...(before ? { before } : {}) };
    const { base, pieces } = await fetchArchive({ ...archive, store }, how);
    print(`Base backup ${base} is here, whole (${progress.end()}), and ${count(pieces, 'new piece')} of the log.`);
    const moment = before ? ` --to "${before.toISOString()}"` : '';
    print(`Next: scripts/backup/restore_point_in_time.sh --data-dir NEW${moment}`);
  } finally {
    await desk.close();
  }
}
