import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { startPostgres } from '../../scripts/services/postgres.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';

export const ROOT = join(import.meta.dirname, '../..');
const DIST = process.env.REVIVER_DIST ?? join(ROOT, 'dist');

/** A module of the build, such as `engine/knowledge/look`. */
export const load = (name) => import(pathToFileURL(join(DIST, 'src', `${name}.js`)).href);

/** Gives `use` the connection string of a fresh, migrated database of a private Postgres (or of the one of DATABASE_URL). */
export async function withDatabase(use) {
  const folder = await createPrivateFolder('reviver-bench');
  const server = process.env.DATABASE_URL
    ? { url: process.env.DATABASE_URL }
    : await startPostgres({ dir: join(folder.path, 'postgres'), args: ['-c', 'shared_buffers=256MB'] });
  const name = `bench_planner_${process.pid}`;
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  try {
    await onServer(server.url, `CREATE DATABASE ${name}`);
    await (await load('app/open-store')).migrate(url.href, 'bench');
    return await use(url.href);
  } finally {
    await onServer(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server.stop?.();
    await folder.remove();
  }
}

async function onServer(url, statement) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The runbooks and the documents that are shipped, imported as a node does it. */
export async function importShipped(store) {
  const { loadRunbooks } = await load('engine/planner/load-runbooks');
  const { ownDocuments, readFolder } = await load('engine/knowledge/read-folder');
  const { importDocuments } = await load('engine/knowledge/documents');
  const { STRATEGIES } = await load('engine/planner/strategies/strategies');
  const runbooks = await loadRunbooks(join(ROOT, 'runbooks'));
  const { documents } = await readFolder(join(ROOT, 'knowledge'), { runbooks, strategies: [...STRATEGIES.keys()] });
  await importDocuments([...ownDocuments(runbooks), ...documents], store);
  return runbooks;
}

/** Files of labelled incidents: those that are given, else all of test/fixtures/incidents. */
export async function labelledSets(files) {
  const { parse } = await import('yaml');
  const folder = join(ROOT, 'test/fixtures/incidents');
  const all = files.length > 0 ? files : readdirSync(folder).map((name) => join(folder, name));
  return all.map((file) => ({ file, incidents: parse(readFileSync(file, 'utf8')) }));
}
