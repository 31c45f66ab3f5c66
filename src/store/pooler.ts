import pg from 'pg';
import { UserError } from '../engine/model/errors.js';

const ROUNDS = 3;

/**
 * Refuses a pooler that lends each transaction another connection, such as PgBouncer with `pool_mode = transaction`:
 * statements that were prepared would be missing, and an advisory lock would be held by nobody or by everybody. One that
 * keeps a connection for a session is as good as the server itself.
 */
export async function refuseTransactionPooling(url: string, applicationName: string): Promise<void> {
  const clients = [1, 2].map(
    () =>
      new pg.Client({
        connectionString: url,
        application_name: applicationName,
        connectionTimeoutMillis: 3_000,
        query_timeout: 3_000,
      }),
  );
  try {
    for (const client of clients) {
      client.on('error', () => {});
      await client.connect();
      if ((await backend(client)) === told(client)) return;
    }
    const seen: number[][] = [];
    for (let round = 0; round < ROUNDS; round += 1) seen.push(await backends(clients));
    if (lendsTransactions(seen)) throw new UserError('invalid_input', TRANSACTIONS);
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}

const TRANSACTIONS =
  'DATABASE_URL leads to a pooler that lends connections for a transaction (PgBouncer: pool_mode = transaction or statement). ' +
  'Reviver needs its connections for a session. Set pool_mode = session for its database, or name Postgres itself.';

/**
 * Proven when one client is given different connections, or two clients that are both open the same one.
 * @param seen one row a round: the process ids of the server that each client spoke with
 */
export function lendsTransactions(seen: readonly (readonly number[])[]): boolean {
  const [first = []] = seen;
  return seen.some((round) => new Set(round).size < round.length || round.some((pid, place) => pid !== first[place]));
}

async function backends(clients: readonly pg.Client[]): Promise<number[]> {
  const pids: number[] = [];
  for (const client of clients) pids.push(await backend(client));
  return pids;
}

async function backend(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

/** The process id that was told at connecting: that of the server, unless a pooler made it up. */
function told(client: pg.Client): unknown {
  return 'processID' in client ? client.processID : undefined;
}
