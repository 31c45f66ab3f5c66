import { Socket } from 'node:net';
import type { Client } from 'pg';
import { cancelStatement } from './cancel.js';
import { parserOf, type Row } from './rows.js';

export interface Answer {
  /** The first ones, at most as many as were asked for. */
  rows: Row[];
  /** Rows that were read or changed, also those that were not kept. */
  count: number;
}

/** One connection, one thing at a time. */
export interface SqlSession {
  /** Statements of ours, without parameters. */
  simple(text: string): Promise<void>;
  /** One statement; the server itself refuses several. */
  query(text: string, params?: readonly unknown[], keep?: number): Promise<Answer>;
}

/** A cancelled statement gets this long to end, before the connection is cut. */
const HEED_MS = 1_500;

/**
 * A conversation with a Postgres server. An abort cancels the statement on the server, waits for its end, and rejects
 * with the signal's reason, unless `talk` could bring it to its end all the same.
 */
export async function withPostgres<T>(
  url: string,
  { name, signal }: { name: string; signal: AbortSignal },
  talk: (session: SqlSession) => Promise<T>,
): Promise<T> {
  const pg = (await import('pg')).default;
  signal.throwIfAborted();
  const named = new URL(url);
  named.searchParams.set('application_name', name);
  // A socket of ours: the client's own goodbye waits for a server that may hang.
  const socket = new Socket();
  const client = new pg.Client({ connectionString: named.href, stream: () => socket });
  // A connection that breaks between two statements reports here; the next statement tells it.
  client.on('error', () => {});
  let cut: NodeJS.Timeout | undefined;
  const abort = () => {
    cut = setTimeout(() => socket.destroy(), HEED_MS);
    const { processID, secretKey } = keysOf(client);
    if (processID === undefined || secretKey === undefined) socket.destroy();
    else void cancelStatement({ host: client.host, port: client.port, processId: processID, secretKey });
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    const done = await talk({
      async simple(text) {
        signal.throwIfAborted();
        await client.query(text);
      },
      query(text, params = [], keep = Number.POSITIVE_INFINITY) {
        signal.throwIfAborted();
        const config = { text, values: [...params], types: { getTypeParser: parserOf }, queryMode: 'extended' };
        return collect(client, new pg.Query<Row>(config), keep);
      },
    });
    await client.end();
    return done;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    clearTimeout(cut);
    socket.destroy();
  }
}

/** Rows beyond `keep` pass through memory one by one. */
function collect(client: Client, query: import('pg').Query<Row>, keep: number): Promise<Answer> {
  const rows: Row[] = [];
  return new Promise((resolve, reject) => {
    query.on('row', (row: Row) => {
      if (rows.length < keep) rows.push(row);
    });
    query.on('error', reject);
    query.on('end', ({ rowCount }) => resolve({ rows, count: rowCount ?? rows.length }));
    client.query(query);
  });
}

/** The library does not declare them. */
function keysOf(client: Client): { processID: number | undefined; secretKey: number | undefined } {
  const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
  return {
    processID: number(Reflect.get(client, 'processID')),
    secretKey: number(Reflect.get(client, 'secretKey')),
  };
}
