import { setTimeout as sleep } from 'node:timers/promises';
import { type SqlSession, withPostgres } from '../sql/session.js';
import { quoted } from './databases.js';

export interface Rename {
  from: string;
  to: string;
}

const AGAIN_MS = 100;

/**
 * Gives databases other names, all in one transaction, though people are connected to them: their connections are ended,
 * and new ones wait. A rename takes the database's lock first, for which whoever connects must wait, and then up to 5 s
 * until nobody is in it; meanwhile another session sends away those who are. Nothing outlives the transaction, so that
 * whoever is killed in its middle leaves all as it was. Source: PostgreSQL 15, RenameDatabase, CountOtherDBBackends.
 * @param url of the maintenance database, to which nobody is connected who must go
 */
export async function takeNames(
  session: SqlSession,
  url: string,
  renames: readonly Rename[],
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const ending = endConnections(
    url,
    renames.map(({ from }) => from),
    AbortSignal.any([signal, over.signal]),
  );
  try {
    const texts = renames.map(({ from, to }) => `ALTER DATABASE ${quoted(from)} RENAME TO ${quoted(to)}`);
    await session.simple(`BEGIN; ${texts.join('; ')}; COMMIT`);
  } finally {
    over.abort();
    await ending;
  }
}

/** Again and again until it is aborted. Where this fails the rename says so: somebody is still connected. */
async function endConnections(url: string, names: readonly string[], signal: AbortSignal): Promise<void> {
  await withPostgres(url, { name: 'reviver ends connections', signal }, async (session) => {
    while (!signal.aborted) {
      await session.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY($1::text[])', [
        [...names],
      ]);
      await sleep(AGAIN_MS, undefined, { signal });
    }
  }).catch(() => undefined);
}
