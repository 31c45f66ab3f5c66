import { join, resolve } from 'node:path';
import { readEnvironment } from '../../../config/environment.js';
import { findBackup } from '../../../engine/actions/find-backup.js';
import { createBackupCatalog } from '../../../engine/backups/catalog.js';
import { OWN_CONFIGURATION } from '../../../engine/backups/own.js';
import { fetchBackup } from '../../../engine/backups/s3/mirror.js';
import { createObjectStore } from '../../../engine/backups/s3/object-store.js';
import { VARIABLES } from '../../configuration/contents.js';
import { layConfiguration } from '../../configuration/lay.js';
import { backupFolders } from '../installation.js';

/**
 * Needs no configuration, which is what was lost: REVIVER_SECRET_KEY, and the folder of the backups or BACKUP_S3_URL.
 * @param wanted a backup's id; absent: the newest
 */
export async function restoreConfiguration(
  env: NodeJS.ProcessEnv,
  given: string,
  wanted: string | undefined,
  print: (line: string) => void,
): Promise<void> {
  const folder = resolve(given);
  const environment = readEnvironment(env, ['REVIVER_SECRET_KEY']);
  const { backupDir: dir, backupDirs: dirs = {}, backupBucket } = backupFolders(environment);
  const secretKey = environment.REVIVER_SECRET_KEY?.reveal();
  const definition = { service: OWN_CONFIGURATION, location: 'configuration' };
  const catalog = createBackupCatalog({ [OWN_CONFIGURATION]: definition }, { dir, dirs, secretKey });
  const { signal } = new AbortController();
  if (backupBucket && (await catalog.list(OWN_CONFIGURATION)).length === 0) {
    const which = { name: OWN_CONFIGURATION, ...(wanted === undefined ? {} : { id: wanted }) };
    print(
      `Backup ${await fetchBackup(catalog, createObjectStore(backupBucket), which, { signal })} came from the store.`,
    );
  }
  const record = await findBackup(wanted ?? OWN_CONFIGURATION, catalog);
  const { contents, said } = await layConfiguration(record, catalog, folder, signal);
  print(`${folder} holds the configuration of ${record.createdAt.toISOString()}: ${said}.`);
  for (const { from, to } of contents.files) print(`  ${to}  was ${from}`);
  print(`  ${VARIABLES}  ${contents.variables.length} variables; what is a path there is that of the old machine`);
  for (const one of contents.left_out) print(`Not in it: ${one}.`);
  print(
    `Next: put the files where they belong, or set REVIVER_CONFIG=${join(folder, contents.config)}; then: reviver doctor`,
  );
}
