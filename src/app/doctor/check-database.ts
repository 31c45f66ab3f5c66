import { z } from 'zod';
import { UserError } from '../../engine/model/errors.js';
import { tlsExplained } from '../../store/certificate.js';
import { createDataSource } from '../../store/data-source.js';
import { refuseTransactionPooling } from '../../store/pooler.js';
import { compareClock } from './clock.js';
import type { Check, Finding } from './finding.js';
import type { Patient } from './patient.js';

const OLDEST_MAJOR = 13;
const about = 'database';

type Source = ReturnType<typeof createDataSource>;

export function checkDatabase({ environment }: Patient): Check {
  return async () => {
    const url = environment.DATABASE_URL?.reveal();
    if (!url)
      return [{ state: 'broken', about, what: 'not looked at: DATABASE_URL is not set', mend: 'Set DATABASE_URL.' }];
    const source = createDataSource(url, { connections: 1, applicationName: 'reviver doctor' });
    try {
      await refuseTransactionPooling(url, 'reviver doctor');
      await source.initialize();
    } catch (error) {
      return [unreachable(url, error)];
    }
    try {
      return [await version(source), await migrations(source), await compareClock(about, () => timeOf(source))];
    } finally {
      await source.destroy();
    }
  };
}

function unreachable(url: string, error: unknown): Finding {
  const refused = tlsExplained(error);
  if (refused instanceof UserError)
    return { state: 'broken', about, what: refused.message, mend: 'Correct DATABASE_URL.' };
  const { host, pathname } = new URL(url);
  const reason = error instanceof Error ? error.message || error.name : String(error);
  const mend = 'Start PostgreSQL, or correct DATABASE_URL (host, port, user, password, database).';
  return { state: 'broken', about, what: `${host}${pathname} cannot be reached: ${reason}`, mend };
}

async function version(source: Source): Promise<Finding> {
  const [row] = z.array(z.object({ server_version: z.string() })).parse(await source.query('SHOW server_version'));
  const text = row?.server_version ?? '';
  const what = `PostgreSQL ${text.split(' ')[0]} answers`;
  if (Number.parseInt(text, 10) >= OLDEST_MAJOR) return { state: 'ok', about, what };
  return { state: 'broken', about, what, mend: `Use PostgreSQL ${OLDEST_MAJOR} or newer.` };
}

/** By hand, since TypeORM's own question makes its table where there is none. */
async function migrations(source: Source): Promise<Finding> {
  const table = source.options.migrationsTableName ?? 'migrations';
  const [there] = z
    .array(z.object({ oid: z.string().nullable() }))
    .parse(await source.query('SELECT to_regclass($1)::text AS oid', [table]));
  const rows: unknown = there?.oid ? await source.query(`SELECT name FROM ${there.oid}`) : [];
  const done = z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map(({ name }) => name);
  const known = source.migrations.map((migration) => migration.name ?? migration.constructor.name);
  return judgeMigrations(known, done);
}

export function judgeMigrations(known: readonly string[], done: readonly string[]): Finding {
  const missing = known.filter((name) => !done.includes(name));
  const newer = done.filter((name) => !known.includes(name));
  if (newer.length > 0)
    return {
      state: 'broken',
      about,
      what: `a newer Reviver has changed the schema (${newer.join(', ')})`,
      mend: 'Update this Reviver, or restore a backup of before.',
    };
  if (missing.length > 0)
    return {
      state: 'warning',
      about,
      what: `${missing.length} of ${known.length} migrations have not been run`,
      mend: 'Run "reviver migrate"; "reviver start" does it too.',
    };
  return { state: 'ok', about, what: `the schema is up to date (${known.length} migrations)` };
}

async function timeOf(source: Source): Promise<number> {
  const rows: unknown = await source.query('SELECT clock_timestamp() AS now');
  const [row] = z.array(z.object({ now: z.date() })).parse(rows);
  return row?.now.getTime() ?? Number.NaN;
}
