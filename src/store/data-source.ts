import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { Core1764000000000 } from '../../migrations/1764000000000-core.js';
import { Chat1764000001000 } from '../../migrations/1764000001000-chat.js';
import { ENTITIES } from './entities.js';

/** The types of an open store, for whoever wires it. */
export type { Pool } from 'pg';
export type { DataSource } from 'typeorm';

export interface StoreOptions {
  /** Connections at most; default 6. */
  connections?: number;
  /** Seen in pg_stat_activity. */
  applicationName?: string;
}

/**
 * Every statement looks up a few rows by key. Postgres guesses a hundred rows for a JSON argument, and would read whole
 * small tables to join them, with a plan that it then keeps while they grow; so it is told to use the keys.
 */
const PLANNER = '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off';

/** A connection to Reviver's own Postgres; `initialize()` opens it. The schema comes from migrations alone. */
export function createDataSource(url: string, options: StoreOptions = {}): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: ENTITIES,
    migrations: [Core1764000000000, Chat1764000001000],
    migrationsTableName: 'reviver_migrations',
    synchronize: false,
    logging: false,
    poolSize: options.connections ?? 6,
    applicationName: options.applicationName ?? 'reviver',
    connectTimeoutMS: 3_000,
    // A lost connection is the pool's business: the next query gets a new one.
    poolErrorHandler: () => {},
    extra: { keepAlive: true, idleTimeoutMillis: 30_000, options: PLANNER },
  });
}

/** The driver's own pool, for statements sent under a name. */
export function poolOf(source: DataSource): Pool {
  const driver: { master?: Pool } = Object(source.driver);
  if (!driver.master) throw new Error('the data source is not open');
  return driver.master;
}
