import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../engine/model/errors.js';
import type { Log } from '../engine/ports.js';
import { tlsExplained } from '../store/certificate.js';
import type { DataSource } from '../store/data-source.js';
import { continueLog } from '../store/log-order.js';
import { missingMigrations } from '../store/migrations.js';
import { createPool, type Pool } from '../store/pool.js';
import { refuseTransactionPooling } from '../store/pooler.js';
import { explained, isUnavailable } from '../store/query.js';
import { createStoreLink } from '../store/store-link.js';

const MIGRATION_LOCK = 7_217_012_014;

export interface OpenStore {
  pool: Pool;
  /** The id that this installation got when its schema was made. */
  installation: string;
  /** By it the processes of the installation know each other's messages. */
  sealKey: Buffer;
  /** Waits a moment for connections to end in good order, not for a server that is frozen. */
  close(): Promise<void>;
}

const CLOSE_WITHIN_MS = 3_000;

/** Opens the store, waiting for Postgres as long as it takes, and brings its schema up to date once in the cluster. */
export async function openStore(
  url: string,
  options: { applicationName: string; connections: number; log: Log; signal: AbortSignal },
): Promise<OpenStore> {
  const { log, signal } = options;
  for (let tries = 0; ; tries += 1) {
    const pool = createPool(url, options);
    try {
      await refuseTransactionPooling(url, options.applicationName);
      if ((await missingMigrations(pool)).length > 0) await migrate(url, options.applicationName);
      await continueLog(pool);
      const { id: installation, seal_key: sealKey } = await installationOf(pool);
      createStoreLink(log).watch(pool);
      log('info', tries === 0 ? 'init_db_safe: Postgres answers' : 'init_db_safe: Postgres is back', {
        part: 'postgres',
      });
      return { pool, installation, sealKey, close: () => inTime(pool.end()) };
    } catch (error) {
      await inTime(pool.end());
      const away = explained(error);
      if (!isUnavailable(away)) throw tlsExplained(error);
      if (tries === 0)
        log('warn', 'init_db_safe: Postgres does not answer; waiting for it', {
          part: 'postgres',
          error: away instanceof Error ? away.message : '',
        });
      await delay(Math.min(5_000, 250 * 2 ** tries), undefined, { signal });
    }
  }
}

/** TypeORM's side of the store: entities, for the roles that need them. Loaded only then. */
export async function openEntities(url: string, applicationName: string): Promise<OpenEntities> {
  const { createDataSource } = await import('../store/data-source.js');
  const source = await createDataSource(url, { connections: 2, applicationName }).initialize();
  return { source, close: () => inTime(source.destroy()) };
}

export interface OpenEntities {
  source: DataSource;
  close(): Promise<void>;
}

/**
 * Runs what is missing, on a connection of its own: a migration may take long, and so may waiting for the node that runs
 * it. Several nodes may start at once: the first migrates, the others find nothing to do.
 */
export async function migrate(url: string, applicationName: string): Promise<string[]> {
  const { createDataSource, poolOf } = await import('../store/data-source.js');
  const source = await createDataSource(url, { connections: 2, applicationName, timeLimits: false }).initialize();
  const client = await poolOf(source).connect();
  const hear = (): void => {};
  client.on('error', hear);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await source.runMigrations({ transaction: 'all' });
    return ran.map(({ name }) => name);
  } finally {
    // The lock ends with its connection.
    client.off('error', hear);
    client.release(true);
    await inTime(source.destroy());
  }
}

async function installationOf(pool: Pool): Promise<{ id: string; seal_key: Buffer }> {
  const { rows } = await pool.query<{ id: string; seal_key: Buffer }>('SELECT id, seal_key FROM installation');
  const [found] = rows;
  if (!found)
    throw new UserError(
      'conflict',
      'The table installation is empty: somebody has deleted the row that names this installation. Nothing was started; restore it from a backup of the database.',
    );
  return found;
}

async function inTime(closing: Promise<void>): Promise<void> {
  const late = new AbortController();
  try {
    await Promise.race([closing, delay(CLOSE_WITHIN_MS, undefined, { signal: late.signal })]);
  } catch {
    // What cannot be closed is gone.
  } finally {
    late.abort();
  }
}
