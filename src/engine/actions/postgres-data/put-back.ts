import { type SqlSession, withPostgres } from '../sql/session.js';
import { existing, maintenance, namesFor } from './exchange.js';
import { takeNames } from './take-names.js';

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
    const replaced = there.has(database) ? [{ from: database, to: restored }] : [];
    await takeNames(session, placeOf(given), [...replaced, { from: before, to: database }], signal);
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

function onServer<T>(given: SetAside, signal: AbortSignal, talk: (session: SqlSession) => Promise<T>): Promise<T> {
  return withPostgres(placeOf(given), { name: 'reviver puts back', signal }, talk);
}

function placeOf({ url, database }: SetAside): string {
  return maintenance(url, [{ name: database }]);
}
