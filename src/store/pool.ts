import pg from 'pg';

export type { Pool } from 'pg';

export interface PoolOptions {
  /** Connections at most; default 6. */
  connections?: number;
  /** Seen in pg_stat_activity. */
  applicationName?: string;
  /** False for migrations: a statement may take as long as it takes. Default true. */
  timeLimits?: boolean;
}

/** The client gives up a connection whose server does not answer: frozen, or behind a network that swallows packets. */
const QUERY_TIMEOUT_MS = 3_000;

/**
 * The server gives a statement up first, so that most often it is known what became of it. Both fit into a lease several
 * times over, and into the 5 s in which the API says that it cannot.
 */
const LIMITS = `SET statement_timeout = 2500;
SET idle_in_transaction_session_timeout = 5000`;

/** The server notices a client that is gone without a word, and frees its advisory locks. */
const KEEPALIVE = `SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3`;

/**
 * Every statement looks up a few rows by key. Postgres guesses a hundred rows for a JSON argument, and would read whole
 * small tables to join them, with a plan that it then keeps while they grow; so it is told to use the keys.
 */
const PLANNER = `SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off;
SET enable_mergejoin = off; SET jit = off`;

/**
 * What every connection to Reviver's own Postgres is made with. The server's settings are one statement after the
 * connection is made, not parameters of its start, which poolers refuse.
 */
export function connectionSettings({ timeLimits = true }: PoolOptions) {
  const settings = [PLANNER, KEEPALIVE, ...(timeLimits ? [LIMITS] : [])].join(';\n');
  return {
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    idleTimeoutMillis: 30_000,
    ...(timeLimits ? { query_timeout: QUERY_TIMEOUT_MS } : {}),
    onConnect: async (client: pg.ClientBase) => void (await client.query(settings)),
  };
}

/** Connections to Reviver's own Postgres; opened when they are needed. */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 6,
    application_name: options.applicationName ?? 'reviver',
    ...connectionSettings(options),
  });
  // A lost connection is the pool's business: the next query gets a new one.
  pool.on('error', () => {});
  return pool;
}

/** False while every write would be refused: a standby, or a server that was made read-only. */
export async function acceptsWrites(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ writable: boolean }>(
    `SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AS writable`,
  );
  return rows[0]?.writable ?? false;
}
