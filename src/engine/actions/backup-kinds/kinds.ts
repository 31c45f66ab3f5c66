import type { Location } from '../../backups/catalog.js';
import type { BackupRecord } from '../action.js';
import { configurationBackup } from './configuration.js';
import type { BackupKind } from './kind.js';
import { knowledgeBackup } from './knowledge.js';
import { postgresBackup } from './postgres.js';
import { redisBackup } from './redis.js';

/** One line a kind of data that can be backed up. */
export const BACKUP_KINDS: Record<Location, BackupKind> = {
  redis: redisBackup,
  postgres: postgresBackup,
  knowledge: knowledgeBackup,
  configuration: configurationBackup,
};

/** What a step's result says of a backup: `1,204 keys`, and the number under the plural of its unit. */
export function factsOf({ id, kind, items, bytes, sha256 }: BackupRecord) {
  return { backup: id, [`${BACKUP_KINDS[kind].unit}s`]: items, bytes, sha256 };
}
