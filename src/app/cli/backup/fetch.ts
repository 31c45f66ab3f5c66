import { fetchBackup } from '../../../engine/backups/s3/mirror.js';
import { UserError } from '../../../engine/model/errors.js';
import type { Desk } from './desk.js';
import { showProgress } from './progress.js';

export async function fetchCopy(desk: Desk, name: string, id: string | undefined): Promise<void> {
  const { catalog, store, print } = desk;
  try {
    if (!store)
      throw new UserError('invalid_input', 'BACKUP_S3_URL is not set. Example: BACKUP_S3_URL=s3://bucket/prefix');
    const progress = showProgress(name);
    const which = { name, ...(id === undefined ? {} : { id }) };
    const got = await fetchBackup(catalog, store, which, { signal: desk.signal, onBytes: progress.onBytes });
    print(`${name}: backup ${got} is here, whole (${progress.end()})`);
  } finally {
    await desk.close();
  }
}
