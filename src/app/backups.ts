import { type BackupStore, createBackupCatalog } from '../engine/backups/catalog.js';
import type { BackupParts } from '../engine/backups/jobs.js';
import { ownBackups, withOwn } from '../engine/backups/own.js';
import { createObjectStore } from '../engine/backups/s3/object-store.js';
import type { Service } from '../engine/model/service.js';
import type { NodeOptions } from './node-options.js';

export type BackupOptions = Pick<
  NodeOptions,
  | 'archiveBucket'
  | 'archiveDirs'
  | 'backups'
  | 'backupBucket'
  | 'backupDir'
  | 'backupDirs'
  | 'configuration'
  | 'repository'
  | 'secretKey'
  | 'databaseUrl'
  | 'redisUrl'
  | 'dataDir'
  | 'secrets'
>;

/** The backups of the configuration, and Reviver's own. */
export function openBackups(
  options: BackupOptions,
  services: () => readonly Service[],
): { backups: BackupStore; backupParts: BackupParts } {
  const own = ownBackups(options);
  const { backupDir: dir, backupDirs: dirs = {}, secretKey, dataDir } = options;
  const backups = createBackupCatalog(withOwn(options.backups, own), { dir, dirs, secretKey });
  const store = options.backupBucket && createObjectStore(options.backupBucket);
  const { archiveBucket, archiveDirs, databaseUrl: url } = options;
  const copies = archiveBucket && createObjectStore(archiveBucket);
  return {
    backups,
    backupParts: {
      catalog: backups,
      services: () => [...services(), ...own.services],
      dataDir,
      ...(options.secrets ? { secrets: options.secrets } : {}),
      ...(store ? { store } : {}),
      ...(options.repository ? { repository: options.repository } : {}),
      ...(archiveDirs ? { archive: { ...archiveDirs, url, store: copies, secretKey } } : {}),
    },
  };
}
