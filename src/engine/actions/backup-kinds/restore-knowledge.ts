import { count } from '../../health/words.js';
import type { Service } from '../../model/service.js';
import type { BackupCatalog, BackupRecord } from '../action.js';
import { ActionError } from '../action.js';
import { databaseUrl } from '../databases/address.js';
import { requireIntact } from '../find-backup.js';
import { urlOf } from '../postgres-data/connection.js';
import { countTables, firstDifference } from '../postgres-data/count-tables.js';
import { restoreDump } from '../postgres-data/restore-dump.js';
import { withPostgres } from '../sql/session.js';
import type { BackupRim } from './kind.js';

/** Tables of the knowledge base begin so. */
export const TABLES = 'knowledge';

/**
 * Puts the tables of a knowledge backup in the place of the present ones, in one transaction, while Reviver runs: whoever
 * reads them waits, and what fails leaves them as they are. Safe to repeat. Present tables with rows are refused unless
 * `force`. One line for people.
 */
export async function restoreKnowledge(
  record: BackupRecord,
  service: Service,
  catalog: BackupCatalog,
  { force, ...rim }: BackupRim & { force: boolean },
): Promise<string> {
  const { postgres } = record;
  if (record.kind !== 'knowledge' || !postgres)
    throw new ActionError(`Backup ${record.id} is none of the knowledge base; nothing was touched.`, {
      retryable: false,
      untouched: true,
    });
  const url = databaseUrl('postgres', service.name, { service: () => service });
  const database = postgres.database.name;
  const rows = () => rowsThere(record, service, rim.signal);
  // What cannot be counted is what a restore is for; a server that is away says so again below.
  const present = await rows().catch((): Record<string, number> => ({}));
  const whole = Object.keys(postgres.tables).every(
    (name) => present[name] !== undefined && (present[name] > 0 || postgres.tables[name] === 0),
  );
  if (whole && !force)
    throw new ActionError(
      `The knowledge base is there, with ${count(total(present), 'row')}. Nothing was changed. Give --force to replace it by backup ${record.id}.`,
      { code: 'knowledge_is_there', retryable: false, untouched: true },
    );
  // Its transaction may end before the last byte was read, so that it is compared before.
  await requireIntact(record, catalog, rim.signal);
  const dump = catalog.data(record, rim.signal);
  const how = { url, major: postgres.major, database, dump };
  const said = await restoreDump(how, rim, ['--clean', '--if-exists', '--no-owner', '--no-privileges']);
  if (said !== undefined)
    throw new ActionError(`The knowledge base could not be restored: ${said}. It is as it was before.`, {
      code: 'not_restored',
    });
  const difference = firstDifference(postgres.tables, await rows());
  // What was learned in the moments since is counted, too: fewer rows would be wrong, more are not.
  const learned = difference === undefined ? '' : ` (${difference}: Reviver goes on learning)`;
  return `${count(record.items, 'row')} of ${record.createdAt.toISOString()}${learned}`;
}

/** Rows of each table of the knowledge base that is there now. Throws where nobody can count. */
export async function rowsThere(
  { postgres }: BackupRecord,
  service: Service,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const url = databaseUrl('postgres', service.name, { service: () => service });
  const at = postgres ? urlOf(url, postgres.database.name) : url;
  return withPostgres(at, { name: 'reviver restores knowledge', signal }, (session) => countTables(session, TABLES));
}

export function total(tables: Record<string, number>): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows, 0);
}
