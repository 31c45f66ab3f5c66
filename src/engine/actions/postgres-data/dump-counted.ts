import { readAhead } from '../../backups/gathered.js';
import { ActionError } from '../action.js';
import type { BackupRim, WriteData } from '../backup-kinds/kind.js';
import type { SqlSession } from '../sql/session.js';
import { countTables } from './count-tables.js';
import { type PostgresBackup, readServer } from './databases.js';
import { dumpDatabase } from './dump.js';

/**
 * Dumps a database, and counts its rows at the same time in the very state that is dumped. `tables`: only those whose
 * names begin like this. Source: PostgreSQL manual, pg_dump --snapshot.
 */
export async function dumpCounted(
  session: SqlSession,
  { url, name, tables }: { url: string; name: string; tables?: string },
  rim: BackupRim,
  write: WriteData,
): Promise<PostgresBackup> {
  const { major, databases } = await readServer(session);
  const found = databases.find((one) => one.name === name);
  if (!found) throw empty(name);
  await session.simple('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { rows } = await session.query('SELECT pg_export_snapshot() AS id');
  const stop = new AbortController();
  const together = { ...rim, signal: AbortSignal.any([rim.signal, stop.signal]) };
  if (tables !== undefined) await requireTables(session, tables);
  const only = tables === undefined ? {} : { tables: [`public.${tables}*`], extensions: await extensionsOf(session) };
  const from = { name, major, snapshot: String(rows[0]?.id), ...only };
  const dumping = dumpDatabase(url, from, together, (stdout) => write(begunAsDump(readAhead(stdout))));
  const counting = countTables(session, tables);
  try {
    const [, counted] = await Promise.all([dumping, counting]);
    await session.simple('ROLLBACK');
    const { bytes: _, ...database } = found;
    return { major, database, tables: counted };
  } catch (error) {
    stop.abort(error);
    await dumping.catch(() => undefined);
    throw error;
  }
}

/** Code of the error that says so. */
export const NOTHING_TO_SAVE = 'nothing_to_save';

const MAGIC = 'PGDMP';

/** What begins otherwise is no dump, whatever the exit code says. */
async function* begunAsDump(stdout: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of stdout) {
    if (first && !chunk.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC)))
      throw new ActionError('What pg_dump wrote is no dump; no backup was made.', { code: 'not_dumped' });
    first = false;
    yield chunk;
  }
}

/** Indexes of single tables may need them, and pg_dump leaves them out then. */
async function extensionsOf(session: SqlSession): Promise<string[]> {
  const { rows } = await session.query(`SELECT extname AS name FROM pg_extension WHERE extname <> 'plpgsql'`);
  return rows.map(({ name }) => String(name));
}

async function requireTables(session: SqlSession, beginning: string): Promise<void> {
  const { rows } = await session.query(
    `SELECT FROM pg_tables WHERE schemaname = 'public' AND starts_with(tablename, $1)`,
    [beginning],
  );
  if (rows.length > 0) return;
  throw new ActionError(`There are no tables ${beginning}... yet, so no backup was made.`, { code: NOTHING_TO_SAVE });
}

function empty(name: string): ActionError {
  return new ActionError(
    `The database ${name} is empty, so no backup was made. Name another one as database in the backups section.`,
    { code: 'no_database', retryable: false },
  );
}
