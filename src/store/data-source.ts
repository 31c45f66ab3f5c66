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
  /** False for migrations: a statement may take as long as it takes. Default true. */
  timeLimits?: boolean;
}

/**
 * A server that is frozen, or a network that swallows packets, must not make anyone wait for ever. The server gives a
 * statement up first, so that most often it is known what became of it; then the client gives up the connection. Both
 * fit into a lease several times over, and into the 5 s in which the API says that it cannot.
 */
const LIMITS = {
  statement_timeout: 2_500,
  query_timeout: 3_000,
  // What a client that is gone without a word has locked.
  idle_in_transaction_session_timeout: 5_000,
};
/** The server notices such a client, and frees its advisory locks. */
const KEEPALIVE = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3';

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
    extra: {
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      idleTimeoutMillis: 30_000,
      options: `${PLANNER} ${KEEPALIVE}`,
      ...(options.timeLimits === false ? {} : LIMITS),
    },
  });
}

/** The driver's own pool, for statements sent under a name. */
export function poolOf(source: DataSource): Pool {
  const driver: { master?: Pool } = Object(source.driver);
  if (!driver.master) throw new Error('the data source is not open');
  return driver.master;
}
