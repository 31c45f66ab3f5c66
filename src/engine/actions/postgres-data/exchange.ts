import { z } from 'zod';
import { type ActionContext, ActionError, UnknownOutcome } from '../action.js';
import { refused } from '../sql/refusal.js';
import { type SqlSession, withPostgres } from '../sql/session.js';
import { urlOf } from './connection.js';
import { type Database, literal, quoted } from './databases.js';
import { type DumpSource, restoreDump } from './restore-dump.js';
import { takeNames } from './take-names.js';

type Rim = Pick<ActionContext, 'exec' | 'signal' | 'runKey' | 'log'>;

/** Looks at a restored database before it takes its place, and throws where it is not as it should be. */
export type Check = (session: SqlSession) => Promise<void>;

/** A database that is to come back, and its dump. */
export interface Incoming extends Database {
  dump: DumpSource;
}

interface Exchanged extends Incoming {
  /** What is restored into, until it takes the place of the present one. */
  incoming: string;
  /** What the present one is called afterwards. */
  aside: string;
}

/**
 * Dumps in the place of the databases of a running server. Each is restored whole into a new database first; then, in one
 * transaction, every present one gets another name and the new one its own. Whatever fails before leaves all as it was;
 * the present ones are kept. Connections to them are ended. Safe to repeat.
 */
export async function exchangeDatabases(
  url: string,
  major: number,
  dumps: readonly Incoming[],
  rim: Rim,
  check: Check = async () => {},
): Promise<string[]> {
  const exchanged = dumps.map((dump) => ({ ...dump, ...namesFor(dump.name, rim.runKey) }));
  const place = new URL(url).host;
  return withPostgres(
    maintenance(url, dumps),
    { name: `reviver ${rim.runKey}`, signal: rim.signal },
    async (session) => {
      if (await areExchanged(session, exchanged)) return exchanged.map(({ aside }) => aside);
      const had = await existing(
        session,
        dumps.map(({ name }) => name),
      );
      try {
        for (const one of exchanged) {
          await restoreBeside(url, major, one, session, rim);
          const looking = { name: `reviver ${rim.runKey} look`, signal: rim.signal };
          await withPostgres(urlOf(url, one.incoming), looking, check);
        }
        await exchange(session, maintenance(url, dumps), exchanged, rim.signal);
      } catch (error) {
        const now = await tidy(url, dumps, exchanged, had);
        if (now === 'as before') {
          rim.signal.throwIfAborted();
          throw error instanceof ActionError ? error : refused(error, place, 'The databases are as they were before.');
        }
        if (now === 'not known')
          throw new UnknownOutcome(`${place} cannot be asked whether its databases were exchanged`);
      }
      return exchanged.map(({ aside }) => aside);
    },
  );
}

/**
 * Whether the step of this run key has exchanged them already: all at once or none. `had`: those that were there before
 * it; absent: at least one was.
 */
export async function exchangedAlready(
  url: string,
  dumps: readonly Pick<Database, 'name'>[],
  { runKey, signal }: Pick<Rim, 'runKey' | 'signal'>,
  had?: ReadonlySet<string>,
): Promise<boolean> {
  const exchanged = dumps.map((dump) => ({ ...dump, ...namesFor(dump.name, runKey) }));
  return withPostgres(maintenance(url, dumps), { name: 'reviver look', signal }, (session) =>
    areExchanged(session, exchanged, had),
  );
}

/** Nobody can give another name to a database that they are connected to. */
export function maintenance(url: string, dumps: readonly Pick<Database, 'name'>[]): string {
  return urlOf(url, dumps.some(({ name }) => name === 'postgres') ? 'template1' : 'postgres');
}

/** Longest name of anything in PostgreSQL, in bytes. */
const LONGEST = 63;

export function namesFor(database: string, runKey: string): { incoming: string; aside: string } {
  const step = runKey.toLowerCase().replace(/\W+/g, '_');
  const named = (middle: string): string => {
    const end = `_${middle}_${step}`;
    let begin = database;
    while (Buffer.byteLength(begin) + Buffer.byteLength(end) > LONGEST) begin = begin.slice(0, -1);
    return begin + end;
  };
  return { incoming: named('incoming'), aside: named('before') };
}

async function restoreBeside(
  url: string,
  major: number,
  { incoming, owner, settings, grants, ...database }: Exchanged,
  session: SqlSession,
  rim: Rim,
): Promise<void> {
  await makeDatabase(session, incoming, database, `OWNER ${quoted(owner)}`);
  for (const setting of settings) await session.simple(settingOf(incoming, setting));
  if (grants) {
    await session.simple(`REVOKE ALL ON DATABASE ${quoted(incoming)} FROM PUBLIC`);
    for (const { to, what } of grants)
      await session.simple(`GRANT ${what} ON DATABASE ${quoted(incoming)} TO ${to === '' ? 'PUBLIC' : quoted(to)}`);
  }
  rim.log(`restoring ${database.name} beside the present one`);
  const said = await restoreDump({ url, major, database: incoming, dump: database.dump }, rim);
  if (said === undefined) return;
  throw new ActionError(
    `The dump of ${database.name} could not be restored: ${said}. The databases are as they were before.`,
    {
      code: 'not_restored',
      retryable: false,
    },
  );
}

/** A new, empty one of this name, whatever had it before. */
export async function makeDatabase(
  session: SqlSession,
  name: string,
  { encoding, collate, ctype }: Pick<Database, 'encoding' | 'collate' | 'ctype'>,
  more = '',
): Promise<void> {
  await session.simple(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
  const like = `ENCODING ${literal(encoding)} LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}`;
  await session.simple(`CREATE DATABASE ${quoted(name)} TEMPLATE template0 ${like} ${more}`);
}

/** Names whose value is a list, which is written as one. Source: PostgreSQL manual, ALTER DATABASE; pg_dump does the same. */
const LISTS = new Set(['search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries']);

function settingOf(database: string, setting: string): string {
  const at = setting.indexOf('=');
  const [name, value] = [setting.slice(0, at), setting.slice(at + 1)];
  return `ALTER DATABASE ${quoted(database)} SET ${quoted(name)} TO ${LISTS.has(name) ? value : literal(value)}`;
}

async function exchange(
  session: SqlSession,
  url: string,
  all: readonly Exchanged[],
  signal: AbortSignal,
): Promise<void> {
  const present = await existing(
    session,
    all.map(({ name }) => name),
  );
  const renames = all.flatMap(({ name, aside, incoming }) => [
    ...(present.has(name) ? [{ from: name, to: aside }] : []),
    { from: incoming, to: name },
  ]);
  await takeNames(session, url, renames, signal);
}

/**
 * After a failure: what was begun is gone. The answer to the last transaction may have been
 * lost: then all is done.
 */
async function tidy(
  url: string,
  dumps: readonly Incoming[],
  all: readonly Exchanged[],
  had: ReadonlySet<string>,
): Promise<'exchanged' | 'as before' | 'not known'> {
  const signal = AbortSignal.timeout(10_000);
  return withPostgres(maintenance(url, dumps), { name: 'reviver tidies', signal }, async (session) => {
    const done = await areExchanged(session, all, had);
    for (const { incoming } of all) await session.simple(`DROP DATABASE IF EXISTS ${quoted(incoming)} WITH (FORCE)`);
    return done ? ('exchanged' as const) : ('as before' as const);
  }).catch(() => 'not known' as const);
}

/** Which exist now is told by the names alone: `aside` comes, and `incoming` goes, in one transaction. */
async function areExchanged(
  session: SqlSession,
  all: readonly Pick<Exchanged, 'name' | 'aside' | 'incoming'>[],
  had?: ReadonlySet<string>,
): Promise<boolean> {
  const there = await existing(
    session,
    all.flatMap(({ name, aside, incoming }) => [name, aside, incoming]),
  );
  return (
    all.every(({ name, incoming }) => there.has(name) && !there.has(incoming)) &&
    (had?.size === 0 || all.some(({ aside }) => there.has(aside)))
  );
}

export async function existing(session: SqlSession, names: readonly string[]): Promise<Set<string>> {
  const { rows } = await session.query('SELECT datname FROM pg_database WHERE datname = ANY($1::text[])', [[...names]]);
  return new Set(rows.map((row) => z.object({ datname: z.string() }).parse(row).datname));
}
