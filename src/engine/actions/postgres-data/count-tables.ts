import { z } from 'zod';
import type { SqlSession } from '../sql/session.js';
import { quoted } from './databases.js';

/** Tables whose rows a dump holds: none of the system, of a session, or of an extension, which makes its own. */
const TABLES = `
SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2`;

const table = z.object({ schema: z.string(), name: z.string() });
const counted = z.object({ rows: z.coerce.number() });

/** Rows of each table, or of those whose names begin so, by `schema.name`, all of one moment where the session is in a transaction that sees one. */
export async function countTables(session: SqlSession, beginning = ''): Promise<Record<string, number>> {
  const { rows } = await session.query(TABLES);
  const counts: Record<string, number> = {};
  for (const { schema, name } of rows.map((row) => table.parse(row))) {
    if (!name.startsWith(beginning)) continue;
    const answer = await session.query(`SELECT count(*)::text AS rows FROM ${quoted(schema)}.${quoted(name)}`);
    counts[`${schema}.${name}`] = counted.parse(answer.rows[0]).rows;
  }
  return counts;
}

/** For people: the first table in which a restored database differs from its backup; undefined: in none. */
export function firstDifference(backup: Record<string, number>, now: Record<string, number>): string | undefined {
  const name = Object.keys(backup).find((one) => now[one] !== backup[one]);
  return name && `${name} has ${now[name] ?? 'no'} rows instead of ${backup[name]}`;
}
