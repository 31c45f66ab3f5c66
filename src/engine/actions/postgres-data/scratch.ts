import { randomBytes } from 'node:crypto';
import { type ActionContext, ActionError } from '../action.js';
import { BackupUnfit } from '../backup-kinds/kind.js';
import { type SqlSession, withPostgres } from '../sql/session.js';
import { urlOf } from './connection.js';
import { countTables, firstDifference } from './count-tables.js';
import { type PostgresBackup, quoted } from './databases.js';
import { maintenance, makeDatabase } from './exchange.js';
import { type DumpSource, restoreDump } from './restore-dump.js';

/** Names of this form are made here only. */
const SCRATCH = 'reviver_scratch_';
const HOLD = 'SELECT pg_advisory_lock(hashtextextended($1, 0))';

/** Without `tables` nobody counted them when they were dumped: then only that all of it can be restored is proven. */
type Counted = Omit<PostgresBackup, 'tables'> & Partial<Pick<PostgresBackup, 'tables'>>;

type Rim = Pick<ActionContext, 'exec' | 'signal'>;

/**
 * Restores a dump into a scratch database, counts the rows of each table, and drops it. What one that was killed has left
 * goes when the next one begins, whatever that is for. Owners and rights are left out: their roles may not be there.
 */
export async function proveDump(
  url: string,
  { dump, backup }: { dump: DumpSource; backup: Counted },
  rim: Rim,
): Promise<Record<string, number>> {
  const name = `${SCRATCH}${randomBytes(8).toString('hex')}`;
  const talking = { name: 'reviver proves a backup', signal: rim.signal };
  return withPostgres(maintenance(url, []), talking, async (session) => {
    await dropAbandoned(session);
    await session.query(HOLD, [name]);
    try {
      await makeDatabase(session, name, backup.database);
      const how = { url, major: backup.major, database: name, dump };
      const said = await restoreDump(how, rim, ['--no-owner', '--no-privileges']);
      if (said !== undefined) throw new BackupUnfit(`pg_restore cannot restore it: ${said}`);
      const tables = await withPostgres(urlOf(url, name), talking, countTables);
      const difference = backup.tables && firstDifference(backup.tables, tables);
      if (difference !== undefined) throw new BackupUnfit(`restored, ${difference}`);
      return tables;
    } finally {
      if (!rim.signal.aborted) await drop(session, name);
    }
  }).catch((error: unknown) => {
    rim.signal.throwIfAborted();
    throw rightsMissing(error) ?? error;
  });
}

/** Who proves holds a lock of the name while its connection lives: a database that nobody holds is of one that died. */
async function dropAbandoned(session: SqlSession): Promise<void> {
  const { rows } = await session.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [SCRATCH]);
  for (const row of rows) {
    const name = String(row.datname);
    const [held] = (await session.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS mine', [name])).rows;
    if (held?.mine !== true) continue;
    await drop(session, name);
    await session.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

async function drop(session: SqlSession, name: string): Promise<void> {
  await session.simple(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`).catch(() => undefined);
}

function rightsMissing(error: unknown): ActionError | undefined {
  const { code }: { code?: unknown } = Object(error);
  if (code !== '42501') return undefined;
  return new ActionError(
    'The user may not make a scratch database, so that no backup can be proven. Give it that right: ALTER ROLE ... CREATEDB.',
    { code: 'no_createdb', retryable: false },
  );
}
