import { z } from 'zod';
import type { SqlSession } from '../sql/session.js';

export const databaseSchema = z.object({
  name: z.string(),
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  /** `search_path=app, public`, as ALTER DATABASE ... SET keeps them. */
  settings: z.array(z.string()),
  /** Who may do what with it; null: as a new one. */
  grants: z.array(z.object({ to: z.string(), what: z.string() })).nullable(),
});

/** A database with what is not in its own dump. */
export type Database = z.output<typeof databaseSchema>;

/** One database as a backup keeps it: what is not in its dump, and how much is in it. */
export const postgresBackupSchema = z.object({
  /** Version of the server that it was dumped from: 15. */
  major: z.number().int(),
  database: databaseSchema,
  /** Rows of each table, counted at the moment of the dump: `public.orders`. */
  tables: z.record(z.string(), z.number().int().nonnegative()),
});

export type PostgresBackup = z.output<typeof postgresBackupSchema>;

/** Lists come from the server as text. */
const asJson = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((given) => (typeof given === 'string' ? JSON.parse(given) : given), schema);

const row = databaseSchema.extend({
  settings: asJson(databaseSchema.shape.settings),
  grants: asJson(databaseSchema.shape.grants),
  bytes: z.coerce.number(),
  empty: z.boolean(),
});

/** As much as is needed to make it anew beside its content. Nobody may be named in `grantee` 0: that is everybody. */
const DATABASES = `
SELECT d.datname AS name, pg_get_userbyid(d.datdba) AS owner, pg_encoding_to_char(d.encoding) AS encoding,
  d.datcollate AS collate, d.datctype AS ctype, pg_database_size(d.oid)::text AS bytes,
  coalesce((SELECT to_json(s.setconfig) FROM pg_db_role_setting s WHERE s.setdatabase = d.oid AND s.setrole = 0), '[]') AS settings,
  CASE WHEN d.datacl IS NULL THEN NULL ELSE (
    SELECT coalesce(json_agg(json_build_object(
      'to', CASE WHEN a.grantee = 0 THEN '' ELSE pg_get_userbyid(a.grantee) END, 'what', a.privilege_type)), '[]')
    FROM aclexplode(d.datacl) a) END AS grants,
  d.datname = 'postgres' AND pg_database_size(d.oid) <= (SELECT pg_database_size(oid) + 1000000 FROM pg_database WHERE datname = 'template1') AS empty
FROM pg_database d
WHERE d.datallowconn AND NOT d.datistemplate AND d.datname !~ '(_(before|incoming)_r_[0-9]+_[0-9]+|^reviver_scratch_[0-9a-f]+)$' AND has_database_privilege(d.oid, 'CONNECT')
ORDER BY d.datname`;

export interface Server {
  major: number;
  /** Where the server keeps its data, by its own file system; undefined: this user may not know. */
  dataDirectory: string | undefined;
  databases: (Database & { bytes: number })[];
}

/**
 * The databases of a server that this user may connect to, without those that a restore has set aside. Its maintenance database `postgres` is left out as long as it
 * is as big as an empty one.
 */
export async function readServer(session: SqlSession): Promise<Server> {
  const version = await session.query(`SELECT current_setting('server_version_num')::int / 10000 AS major`);
  const { rows } = await session.query(DATABASES);
  const databases = rows.map((one) => row.parse(one)).filter(({ empty }) => !empty);
  const place = await session
    .query(`SELECT setting FROM pg_settings WHERE name = 'data_directory'`)
    .catch(() => ({ rows: [] }));
  return {
    major: z.object({ major: z.number() }).parse(version.rows[0]).major,
    dataDirectory: z.object({ setting: z.string() }).safeParse(place.rows[0]).data?.setting,
    databases,
  };
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
