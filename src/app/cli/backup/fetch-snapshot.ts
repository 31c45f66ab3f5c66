import { UserError } from '../../../engine/model/errors.js';
import { fetchSnapshot } from '../../../engine/snapshots/copies.js';
import type { Desk } from './desk.js';
import { showProgress } from './progress.js';

export async function fetchHourly(desk: Desk, service: string, id: string | undefined): Promise<void> {
  try {
    const { snapshots, store } = desk.volumes();
    if (!store)
      throw new UserError(
        'invalid_input',
        'BACKUP_VOLUMES_S3_URL is not set. Example: BACKUP_VOLUMES_S3_URL=s3://bucket-of-volumes/prefix',
      );
    const progress = showProgress(service);
    const how = { signal: desk.signal, onBytes: progress.onBytes };
    const got = await fetchSnapshot({ service, id }, { snapshots, store }, how);
    desk.print(`${service}: snapshot ${got.id} is here, whole (${progress.end()})`);
    desk.print(`restore it: /recover ${service} --strategy rollback takes the newest good one`);
  } finally {
    await desk.close();
  }
}
