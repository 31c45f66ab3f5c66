import { ActionError } from '../action.js';
import type { BackupKind } from './kind.js';
import { postgresBackup, saveDatabase } from './postgres.js';

/** What the tables of the knowledge base are called at their beginning. */
const TABLES = 'knowledge';

/** What was tried before and what is written about it: some tables of Reviver's own database. */
export const knowledgeBackup: BackupKind = {
  ...postgresBackup,
  save: (service, definition, rim, write) => saveDatabase(service, definition.database, rim, write, TABLES),
  // A whole database must not be replaced by some of its tables.
  async restore({ id }) {
    throw new ActionError(
      `Backup ${id} has tables of Reviver's own database, which a running Reviver does not exchange; nothing was touched. Restore it by the command: reviver backup restore-knowledge ${id}`,
      { code: 'not_a_database', retryable: false, untouched: true },
    );
  },
};
