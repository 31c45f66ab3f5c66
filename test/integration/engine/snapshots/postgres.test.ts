import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { clientProgram } from '../../../../src/engine/actions/postgres-data/client-programs.js';
import { restoreSnapshot } from '../../../../src/engine/actions/restore-snapshot.js';
import { takeSnapshot } from '../../../../src/engine/actions/take-snapshot.js';
import { type OwnPostgres, startOwnPostgres } from '../../../support/postgres.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { freshRoot, type Kept, keptService } from './subject.js';

const PG: { server?: OwnPostgres } = {};
const server = (): OwnPostgres => {
  if (!PG.server) throw new Error('the server is there only inside tests');
  return PG.server;
};
beforeAll(async () => {
  PG.server = await startOwnPostgres();
  for (const role of ['keeper', 'guest']) await server().query(`CREATE ROLE ${role}`);
}, 60_000);

let serial = 0;

/** A database of its own in the server of this file, and a program that stands for the service. */
async function patient(
  given: { health?: string } = {},
): Promise<Kept & { name: string; sql: (text: string, database?: string) => ReturnType<typeof sqlIn> }> {
  serial += 1;
  const name = `Shop ${serial}`;
  await server().query(`CREATE DATABASE "${name}" OWNER keeper`);
  await server().query(`ALTER DATABASE "${name}" SET search_path TO app, public`);
  await server().query(`ALTER DATABASE "${name}" SET statement_timeout TO '45s'`);
  await server().query(`REVOKE CONNECT ON DATABASE "${name}" FROM PUBLIC`);
  await server().query(`GRANT CONNECT ON DATABASE "${name}" TO guest`);
  const root = await freshRoot('pg-snapshot-');
  const health = [
    { type: 'postgres' as const, url: given.health ?? server().url, intervalMs: 1, timeoutMs: 2_000, failures: 1 },
  ];
  const service = serviceWith({ name: 'db', process: { command: ['sleep', '600'], cwd: root, env: {} }, health });
  const kept = keptService(service, root);
  await kept.runtime.start(AbortSignal.timeout(5_000));
  return { ...kept, name, sql: (text, database = name) => sqlIn(text, database) };
}

async function sqlIn(text: string, database: string): Promise<Record<string, unknown>[]> {
  const url = new URL(server().url);
  url.pathname = `/${encodeURIComponent(database)}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const databases = async (): Promise<unknown[]> =>
  (await server().query<{ datname: string }>('SELECT datname FROM pg_database ORDER BY 1')).map((row) => row.datname);

const about = async (name: string) =>
  (
    await server().query(
      `SELECT pg_get_userbyid(datdba) AS owner, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a) AS acl, datallowconn AS open,
         (SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = d.oid AND setrole = 0) AS settings
       FROM pg_database d WHERE datname = $1`,
      [name],
    )
  )[0];

describe('the databases of a running Postgres', () => {
  test('are dumped and come back whole, with owner, settings and rights; what was there before is kept', async () => {
    const db = await patient();
    await db.sql('CREATE SCHEMA app CREATE TABLE orders (id int PRIMARY KEY, what text)');
    await db.sql(`INSERT INTO orders SELECT n, 'good' FROM generate_series(1, 1000) n`);
    const was = await about(db.name);
    const taken = await db.take('R-1/0');
    expect(taken.summary).toMatch(
      new RegExp(`database ${db.name}, \\S+ kB as a dump; not in it: roles and their passwords`),
    );

    await db.sql(`UPDATE app.orders SET what = 'spoilt'; DROP TABLE IF EXISTS nothing; CREATE TABLE app.later ()`);
    const connected = new Client({
      connectionString: server().url.replace(/\/postgres$/, `/${encodeURIComponent(db.name)}`),
    });
    await connected.connect();
    const cut = new Promise<string>((resolve) => connected.on('error', (error) => resolve(error.message)));
    const { before, result } = await db.restore('R-1/1');
    expect(await cut).toMatch(/terminat|closed/i);

    expect(await db.sql(`SELECT count(*)::int AS good FROM orders WHERE what = 'good'`)).toEqual([{ good: 1_000 }]);
    expect(await db.sql(`SELECT to_regclass('app.later') AS later`)).toEqual([{ later: null }]);
    expect(await about(db.name)).toEqual(was);
    const aside = `${db.name}_before_r_1_1`;
    expect(result.summary).toContain(`what was there before is kept as the database ${aside}`);
    expect(await db.sql('SELECT DISTINCT what FROM app.orders', aside)).toEqual([{ what: 'spoilt' }]);

    const undo = restoreSnapshot.inverse?.({ service: 'db' }, before);
    await db.restore('R-1/2', undo?.input);
    expect(await db.sql('SELECT DISTINCT what FROM orders')).toEqual([{ what: 'spoilt' }]);
  }, 60_000);

  test('are proven by scratch databases, which are gone afterwards', async () => {
    const db = await patient();
    await db.sql('CREATE TABLE public.t AS SELECT n FROM generate_series(1, 1204) n');
    await db.take('R-8/0');
    const before = await databases();
    expect(await db.prove()).toMatchObject({
      outcome: 'restored',
      detail: expect.stringContaining(`1,204 rows of ${db.name} in a scratch database`),
    });
    expect(await databases()).toEqual(before);
  }, 60_000);

  test('a restore of the same step again changes nothing more, and a look tells that it is done', async () => {
    const db = await patient();
    await db.sql('CREATE TABLE public.t AS SELECT 1 AS n');
    const { snapshot } = await db.take('R-2/0');
    const input = { service: 'db', snapshot };
    const before = (await restoreSnapshot.look?.(input, db.context('R-2/1'))) ?? {};
    const probe = () => restoreSnapshot.probe?.(input, before, db.context('R-2/1'));
    expect(await probe()).toMatchObject({ outcome: 'not_done' });
    await db.restore('R-2/1', { snapshot });
    await db.sql('UPDATE public.t SET n = 2');
    const there = await databases();
    await db.restore('R-2/1', { snapshot });
    expect(await databases()).toEqual(there);
    expect(await db.sql('SELECT n FROM public.t')).toEqual([{ n: 2 }]);
  }, 60_000);

  test('a dump that cannot be restored leaves everything as it was', async () => {
    const db = await patient();
    await server().query('CREATE ROLE leaver');
    await db.sql('CREATE TABLE public.t AS SELECT 1 AS n; ALTER TABLE public.t OWNER TO leaver');
    const { snapshot } = await db.take('R-3/0');
    await db.sql('ALTER TABLE public.t OWNER TO keeper; UPDATE public.t SET n = 2');
    await server().query('DROP ROLE leaver');
    const there = await databases();
    await expect(db.restore('R-3/1', { snapshot })).rejects.toThrow(
      /The dump of Shop \d+ could not be restored: .*role "leaver" does not exist.*The databases are as they were before\./,
    );
    expect(await databases()).toEqual(there);
    expect(await db.sql('SELECT n FROM public.t')).toEqual([{ n: 2 }]);
    expect(await about(db.name)).toMatchObject({ open: true });
  }, 60_000);

  test('a cancel in the middle leaves everything as it was', async () => {
    const db = await patient();
    await db.sql('CREATE TABLE public.t AS SELECT n FROM generate_series(1, 200000) n');
    const { snapshot } = await db.take('R-4/0');
    const there = await databases();
    const stop = new AbortController();
    const input = { service: 'db', snapshot };
    const log = (line: string) => line.startsWith('restoring Shop') && stop.abort(new Error('cancelled'));
    const context = db.context('R-4/1', { signal: stop.signal, log });
    await expect(restoreSnapshot.run(input, context, {})).rejects.toThrow('cancelled');
    expect(await databases()).toEqual(there);
  }, 60_000);

  test('a database that somebody dropped comes back', async () => {
    const db = await patient();
    await db.sql('CREATE TABLE public.t AS SELECT 1 AS n');
    const { snapshot } = await db.take('R-5/0');
    await server().query(`DROP DATABASE "${db.name}"`);
    await db.restore('R-5/1', { snapshot });
    expect(await db.sql('SELECT n FROM public.t')).toEqual([{ n: 1 }]);
  }, 60_000);

  test('the password is in no argument of a program', async () => {
    const db = await patient();
    const ran: string[][] = [];
    const context = db.context('R-6/0');
    const exec: typeof context.exec = (command, options) => {
      ran.push(command);
      return context.exec(command, options);
    };
    await takeSnapshot.run({ service: 'db' }, { ...context, exec }, {});
    const password = new URL(server().url).password;
    expect(password.length).toBeGreaterThan(10);
    expect(ran.flat().join(' ')).not.toContain(password);
    expect(ran.some(([program]) => program?.endsWith('pg_dump'))).toBe(true);
    expect(JSON.stringify(await db.snapshots.list('db'))).not.toContain(password);
  }, 60_000);

  test('that does not answer: an error that says so, since nothing else of it is kept', async () => {
    const db = await patient({ health: 'postgres://nobody:secret@127.0.0.1:1/db' });
    await expect(db.take('R-7/0')).rejects.toThrow(
      'Nothing of db could be kept: the databases cannot be had (connection refused). No snapshot was taken, and db was not touched.',
    );
  }, 30_000);

  test('are measured before, without an effect', async () => {
    const db = await patient();
    const preview = await takeSnapshot.preview?.({ service: 'db' }, db.context('look'));
    expect(preview).toMatch(
      new RegExp(`would keep .*database ${db.name} \\(\\d+\\.\\d MB\\).*; needs at most .* is free; 0 of db`),
    );
  }, 30_000);
});

describe('a program of PostgreSQL', () => {
  test('is the oldest that is not older than the server; else people are told what to install', async () => {
    const root = await freshRoot('pg-programs-');
    for (const major of [14, 16, 18]) {
      const bin = join(root, String(major), 'bin');
      await mkdir(bin, { recursive: true });
      await writeFile(join(bin, 'pg_dump'), `#!/bin/sh\necho "pg_dump (PostgreSQL) ${major}.1 (Debian)"\n`);
      await chmod(join(bin, 'pg_dump'), 0o755);
    }
    const db = await patient();
    const rim = db.context('R-8/0');
    expect(await clientProgram('pg_dump', 15, rim, root)).toBe(join(root, '16', 'bin', 'pg_dump'));
    expect(await clientProgram('pg_dump', 18, rim, root)).toBe(join(root, '18', 'bin', 'pg_dump'));
    await expect(clientProgram('pg_dump', 99, rim, root)).rejects.toThrow(
      /The server is PostgreSQL 99, and (pg_dump here is of version \d+|there is no pg_dump on this node)\. Install postgresql-client-99\. Nothing was changed\./,
    );
    expect(await readFile(join(root, '14', 'bin', 'pg_dump'), 'utf8')).toContain('14.1');
  }, 30_000);
});
