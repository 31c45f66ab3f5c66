import { join, relative } from 'node:path';
import type { Environment } from '../../config/environment.js';
import { UserError } from '../../engine/model/errors.js';

/**
 * Where hourly snapshots lie. Never where dumps are, so that what fills or damages one folder leaves the other: a mistake is
 * a `UserError`, and nothing starts. Source: disaster recovery document, both apart.
 * @param dumps absolute folders of backups
 */
export function hourlySnapshotFolder(environment: Environment, dumps: readonly string[]): string {
  const { BACKUP_VOLUMES_DIR: given, REVIVER_DATA } = environment;
  const folder = given ?? join(REVIVER_DATA, 'snapshots-hourly');
  const clash = dumps.find((dump) => isWithin(folder, dump) || isWithin(dump, folder));
  if (clash === undefined) return folder;
  throw new UserError(
    'invalid_input',
    `BACKUP_VOLUMES_DIR: ${folder} and the folder of dumps ${clash} are the same place, or one is in the other. Snapshots and dumps are kept apart: name another folder, on another disk if there is one.`,
  );
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith('../'));
}
