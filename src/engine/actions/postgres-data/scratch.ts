import { createHash } from 'node:crypto';
import { type ActionContext, ActionError } from '../action.js';
import { BackupUnfit } from '../backup-kinds/kind.js';
import { type SqlSession, withPostgres } from '../sql/session.js';
import { urlOf } from './connection.js';
import { countTables, firstDifference } from './count-tables.js';
import { type PostgresBackup, quoted } from './databases.js';
import { maintenance, makeDatabase } from './exchange.js';
import { type DumpSource, restoreDump } from './restore-dump.js';

type Rim = Pick<ActionContext, 'exec' | 'signal'>;

/**
 * Restores a dump into a scratch database, counts the rows of each table, and drops it. `of` names what it is for: what an
 * interrupted one left goes when the next one begins. Owners and rights are left out: their roles may not be there.
 */
export async function proveDump(
  url: string,
  { of, dump, backup }: { of: string; dump: DumpSource; backup: PostgresBackup },
  rim: Rim,
): Promise<Record<string, number>> {
  const name = `reviver_scratch_${createHash('sha256').update(of).digest('hex').slice(0, 16)}`;
  const talking = { name: 'reviver proves a backup', signal: rim.signal };
  return withPostgres(maintenance(url, []), talking, async (session) => {
    try {
      await makeDatabase(session, name, backup.database);
      const how = { url, major: backup.major, database: name, dump };
      const said = await restoreDump(how, rim, ['--no-owner', '--no-privileges']);
      if (said !== undefined) throw new BackupUnfit(`pg_restore cannot restore it: ${said}`);
      const tables = await withPostgres(urlOf(url, name), talking, countTables);
      const difference = firstDifference(backup.tables, tables);
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
