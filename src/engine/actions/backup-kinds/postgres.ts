import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { count } from '../../health/words.js';
import type { Service } from '../../model/service.js';
import { type ActionContext, ActionError, type BackupRecord } from '../action.js';
import { databaseUrl } from '../databases/address.js';
import { sizeInWords } from '../docker/size.js';
import { clientProgram } from '../postgres-data/client-programs.js';
import { urlOf } from '../postgres-data/connection.js';
import { countTables, firstDifference } from '../postgres-data/count-tables.js';
import { type Database, type PostgresBackup, readServer } from '../postgres-data/databases.js';
import { dumpDatabases } from '../postgres-data/dump.js';
import { exchangeDatabases, exchangedAlready, existing, maintenance, namesFor } from '../postgres-data/exchange.js';
import { asideName } from '../redis-data/aside.js';
import { refused } from '../sql/refusal.js';
import { type SqlSession, withPostgres } from '../sql/session.js';
import type { BackupKind } from './kind.js';

/**
 * One database of a running server, as pg_dump writes it. A restore goes into a new database, which is compared with the
 * backup row by row count and then takes the place of the present one in one transaction; that one is kept beside it.
 */
export const postgresBackup: BackupKind = {
  unit: 'row',

  requireAddress: (service) => void addressOf(service),

  async save(service, definition, ctx, keep) {
    const url = addressOf(service);
    const name = definition.database ?? decodeURIComponent(new URL(url).pathname.slice(1));
    await mkdir(ctx.dataDir, { recursive: true });
    const folder = await mkdtemp(join(ctx.dataDir, 'dump-'));
    try {
      const talking = { name: `reviver ${ctx.runKey}`, signal: ctx.signal };
      const { file, postgres } = await withPostgres(urlOf(url, name), talking, (session) =>
        dumpCounted(session, url, name, folder, ctx),
      );
      return await keep({ file, items: rowsIn(postgres.tables), postgres });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
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
    const dump = { ...database, file: basename(record.file) };
    const check = async (session: SqlSession): Promise<void> => {
      const difference = firstDifference(tables, await countTables(session));
      if (difference === undefined) return;
      const message = `Backup ${record.id} was restored beside ${database.name}, and ${difference}. The databases are as they were before.`;
      throw new ActionError(message, { code: 'not_restored', retryable: false });
    };
    const had = await isThere(url, database.name, ctx);
    const [aside = ''] = await exchangeDatabases(url, major, [dump], dirname(record.file), ctx, check);
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

/** The rows are counted in the very state that is dumped. Source: PostgreSQL manual, pg_dump --snapshot. */
async function dumpCounted(
  session: SqlSession,
  url: string,
  name: string,
  folder: string,
  ctx: ActionContext,
): Promise<{ file: string; postgres: PostgresBackup }> {
  const { major, databases, ...server } = await readServer(session);
  const found = databases.find((one) => one.name === name);
  if (!found) throw empty(name);
  await session.simple('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { rows } = await session.query('SELECT pg_export_snapshot() AS id');
  const [dumped] = await dumpDatabases(url, { ...server, major, databases: [found] }, folder, ctx, String(rows[0]?.id));
  const tables = await countTables(session);
  await session.simple('ROLLBACK');
  if (!dumped) throw empty(name);
  const { file, bytes: _, ...database } = dumped;
  const path = join(folder, file);
  await requireReadable(path, major, ctx);
  ctx.log(`${name}: ${count(rowsIn(tables), 'row')} in ${count(Object.keys(tables).length, 'table')}`);
  return { file: path, postgres: { major, database, tables } };
}

/** A backup that pg_restore cannot read is none. */
async function requireReadable(file: string, major: number, ctx: ActionContext): Promise<void> {
  const { exitCode } = await ctx.exec([await clientProgram('pg_restore', major, ctx), '--list', file], {});
  if (exitCode === 0) return;
  throw new ActionError('pg_restore cannot read the dump that pg_dump wrote; no backup was made.', {
    code: 'not_dumped',
  });
}

function empty(name: string): ActionError {
  return new ActionError(
    `The database ${name} is empty, so no backup was made. Name another one as database in the backups section.`,
    { code: 'no_database', retryable: false },
  );
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
