import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../engine/model/errors.js';
import type { Log } from '../engine/ports.js';
import { createDataSource, type DataSource, poolOf } from '../store/data-source.js';
import { explained } from '../store/query.js';

const MIGRATION_LOCK = 7_217_012_014;

/** Opens the store, waiting for Postgres as long as it takes, and brings its schema up to date once in the cluster. */
export async function openStore(
  url: string,
  options: { applicationName: string; connections: number; log: Log; signal: AbortSignal },
): Promise<DataSource> {
  const { log, signal } = options;
  for (let tries = 0; ; tries += 1) {
    const source = createDataSource(url, options);
    try {
      await source.initialize();
      await migrate(source);
      log('info', tries === 0 ? 'init_db_safe: Postgres answers' : 'init_db_safe: Postgres is back', {
        part: 'postgres',
      });
      return source;
    } catch (error) {
      await source.destroy().catch(() => undefined);
      const away = explained(error);
      if (!(away instanceof UserError)) throw error;
      if (tries === 0)
        log('warn', 'init_db_safe: Postgres does not answer; waiting for it', {
          part: 'postgres',
          error: away.message,
        });
      await delay(Math.min(5_000, 250 * 2 ** tries), undefined, { signal });
    }
  }
}

/** Several nodes may start at once: the first migrates, the others wait for it. */
export async function migrate(source: DataSource): Promise<string[]> {
  if (!(await source.showMigrations())) return [];
  const client = await poolOf(source).connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await source.runMigrations({ transaction: 'all' });
    return ran.map(({ name }) => name);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    client.release();
  }
}

/** The id that this installation got when its schema was made. */
export async function installationId(source: DataSource): Promise<string> {
  const { rows } = await poolOf(source).query<{ id: string }>('SELECT id FROM installation');
  return rows[0]?.id ?? 'unknown';
}
