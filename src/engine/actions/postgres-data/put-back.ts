import { type SqlSession, withPostgres } from '../sql/session.js';
import { quoted } from './databases.js';
import { emptyOut, existing, maintenance, namesFor } from './exchange.js';

export interface SetAside {
  url: string;
  database: string;
  /** Names the restore that set it aside: `R-12_3`. */
  aside: string;
}

/**
 * The database from before a restore in its place again, in one transaction; the restored one is kept under the name that
 * is returned. undefined: it was put back before, or nothing had been set aside. Connections are ended. Safe to repeat.
 */
export async function putBackDatabase(given: SetAside, signal: AbortSignal): Promise<string | undefined> {
  return onServer(given, signal, async (session) => {
    const { database } = given;
    const { before, restored } = namesOf(given);
    const there = await existing(session, [database, before]);
    if (!there.has(before)) return undefined;
    const steps = [`ALTER DATABASE ${quoted(before)} RENAME TO ${quoted(database)}`];
    if (there.has(database)) steps.unshift(`ALTER DATABASE ${quoted(database)} RENAME TO ${quoted(restored)}`);
    try {
      for (const name of there) await emptyOut(session, name);
      await session.simple(`BEGIN; ${steps.join('; ')}; COMMIT`);
    } finally {
      await reopen(given, [database, before, restored]);
    }
    return restored;
  });
}

/** Whether the database from before still waits to be put back. */
export function isSetAside(given: SetAside, signal: AbortSignal): Promise<boolean> {
  const { before } = namesOf(given);
  return onServer(given, signal, async (session) => (await existing(session, [before])).has(before));
}

function namesOf({ database, aside }: SetAside): { before: string; restored: string } {
  const names = namesFor(database, aside);
  return { before: names.aside, restored: names.incoming };
}

function onServer<T>(
  { url, database }: SetAside,
  signal: AbortSignal,
  talk: (session: SqlSession) => Promise<T>,
): Promise<T> {
  return withPostgres(maintenance(url, [{ name: database }]), { name: 'reviver puts back', signal }, talk);
}

const REOPEN_MS = 10_000;

/** Whatever became of it, people can connect again. */
async function reopen(given: SetAside, names: readonly string[]): Promise<void> {
  await onServer(given, AbortSignal.timeout(REOPEN_MS), async (session) => {
    for (const name of await existing(session, names))
      await session.simple(`ALTER DATABASE ${quoted(name)} ALLOW_CONNECTIONS true`);
  }).catch(() => {});
}
