import type { Facts } from '../../backups/draft.js';
import { NOT_OPENED } from '../../backups/opened.js';
import { count } from '../../health/words.js';
import type { Service } from '../../model/service.js';
import { type ActionContext, ActionError, type BackupRecord } from '../action.js';
import { databaseUrl } from '../databases/address.js';
import { sizeInWords } from '../docker/size.js';
import { requireIntact } from '../find-backup.js';
import { urlOf } from '../postgres-data/connection.js';
import { countTables, firstDifference } from '../postgres-data/count-tables.js';
import { type Database, type PostgresBackup, readServer } from '../postgres-data/databases.js';
import { dumpCounted } from '../postgres-data/dump-counted.js';
import { exchangeDatabases, exchangedAlready, existing, maintenance, namesFor } from '../postgres-data/exchange.js';
import { proveDump } from '../postgres-data/scratch.js';
import { asideName } from '../redis-data/aside.js';
import { refused } from '../sql/refusal.js';
import { type SqlSession, withPostgres } from '../sql/session.js';
import type { BackupKind, BackupRim, WriteData } from './kind.js';

/**
 * One database of a running server, as pg_dump writes it. A restore goes into a new database, which is compared with the
 * backup row by row count and then takes the place of the present one in one transaction; that one is kept beside it.
 */
export const postgresBackup: BackupKind = {
  unit: 'row',

  requireAddress: (service) => void addressOf(service),

  save: (service, definition, rim, write) => saveDatabase(service, definition.database, rim, write),

  async prove(record, service, backups, rim) {
    const dump = backups.data(record, rim.signal);
    const tables = await proveDump(addressOf(service), { dump, backup: contentOf(record) }, rim);
    return `${inTables(tables)}, as counted when it was made`;
  },

  async look(record, service, ctx) {
    const database = databaseOf(record)?.name;
    if (database === undefined) return {};
    const there = await isThere(addressOf(service), database, ctx);
    // What was not there cannot be put back: then the restored one stays, also when later steps are undone.
    return there ? { database, there, aside: asideName(ctx.runKey) } : { database, there };
  },

  async restore(record, ctx) {
    const url = addressOf(ctx.service(record.service));
    const { database, major, tables } = contentOf(record);
    const dump = { ...database, dump: ctx.backups.data(record, ctx.signal) };
    const check = async (session: SqlSession): Promise<void> => {
      const difference = firstDifference(tables, await countTables(session));
      if (difference === undefined) return;
      const message = `Backup ${record.id} was restored beside ${database.name}, and ${difference}. The databases are as they were before.`;
      throw new ActionError(message, { code: 'not_restored', retryable: false });
    };
    const had = await isThere(url, database.name, ctx);
    const [aside = ''] = await exchangeDatabases(url, major, [dump], ctx, check).catch(async (error: unknown) => {
      // Read once, while it is restored; what is wrong with it is asked only now, and which others are good.
      if (error instanceof ActionError && error.options.code === NOT_OPENED)
        await requireIntact(record, ctx.backups, ctx.signal);
      throw error;
    });
    if (!had) return { aside: '', database: database.name };
    ctx.log(`what was there before is kept as the database ${aside}; drop it when nobody needs it`);
    return { aside, database: database.name };
  },

  async probe(record, before, ctx) {
    const { database } = contentOf(record);
    const url = addressOf(ctx.service(record.service));
    if (typeof before.there !== 'boolean')
      return { outcome: 'unknown', evidence: 'nobody could look at the server before the step began' };
    const had = new Set(before.there ? [database.name] : []);
    const done = await exchangedAlready(url, [database], ctx, had);
    const { aside } = namesFor(database.name, ctx.runKey);
    if (!done)
      return { outcome: 'not_done', evidence: `${database.name} is the one from before: there is no ${aside}` };
    const evidence = before.there ? `the one from before is called ${aside} now` : `${database.name} is there now`;
    return { outcome: 'done', evidence, result: { aside: before.there ? aside : '', database: database.name } };
  },

  async present(record, service, ctx) {
    const { name } = contentOf(record).database;
    const { databases } = await onServer(addressOf(service), name, ctx, readServer);
    const now = databases.find((one) => one.name === name);
    return now ? `database ${name} (${sizeInWords(now.bytes)})` : `database ${name} (which is missing)`;
  },
};

/** `tables`: only those whose names begin so. */
export async function saveDatabase(
  service: Service,
  database: string | undefined,
  rim: BackupRim,
  write: WriteData,
  tables?: string,
): Promise<Facts> {
  const url = addressOf(service);
  const name = database ?? decodeURIComponent(new URL(url).pathname.slice(1));
  const talking = { name: `reviver ${rim.runKey}`, signal: rim.signal };
  const from = { url, name, ...(tables === undefined ? {} : { tables }) };
  const postgres = await withPostgres(urlOf(url, name), talking, (session) => dumpCounted(session, from, rim, write));
  rim.log(`${name}: ${inTables(postgres.tables)}`);
  return { items: rowsIn(postgres.tables), postgres };
}

function inTables(tables: Record<string, number>): string {
  return `${count(rowsIn(tables), 'row')} in ${count(Object.keys(tables).length, 'table')}`;
}

function addressOf(service: Service): string {
  return databaseUrl('postgres', service.name, { service: () => service });
}

function databaseOf(record: BackupRecord | undefined): Database | undefined {
  return record?.postgres?.database;
}

function contentOf({ id, postgres }: BackupRecord): PostgresBackup {
  if (postgres) return postgres;
  throw new ActionError(`The manifest of backup ${id} does not say which database it is of; nothing was touched.`, {
    code: 'backup_damaged',
    retryable: false,
  });
}

function isThere(url: string, database: string, ctx: ActionContext): Promise<boolean> {
  return onServer(url, database, ctx, async (session) => (await existing(session, [database])).has(database));
}

async function onServer<T>(
  url: string,
  database: string,
  { signal }: ActionContext,
  talk: (session: SqlSession) => Promise<T>,
): Promise<T> {
  try {
    return await withPostgres(maintenance(url, [{ name: database }]), { name: 'reviver look', signal }, talk);
  } catch (error) {
    signal.throwIfAborted();
    throw refused(
      error,
      new URL(url).host,
      'Nothing was touched. Start it first: a backup is restored into a running server.',
    );
  }
}

function rowsIn(tables: Record<string, number>): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows, 0);
}
