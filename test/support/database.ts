import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { Client } from 'pg';
import { migrate } from './migrate.js';
import { anyTestFailed } from './outcome.js';
import { required } from './required.js';

export interface TestDatabase {
  /** Connection string of this file's own database; migrations have been run. Only inside tests and hooks. */
  readonly url: string;
  /** Rows of a statement, over a connection of its own. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/**
 * A fresh database for the test file that calls it, at its top. It is copied from a template in which migrations ran
 * once, and dropped at the end; when a test failed, it is kept and its name is printed.
 */
export function withDatabase(): TestDatabase {
  const name = `reviver_test_${randomBytes(6).toString('hex')}`;
  const server = required('DATABASE_URL');
  beforeAll(async () => {
    const template = await ensureTemplate(server);
    await onServer(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  }, 60_000);
  afterAll(async () => {
    if (anyTestFailed()) return console.log(`A test failed: database ${name} is kept while its server runs.`);
    await onServer(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  }, 60_000);
  const url = urlOf(server, name);
  const query = (text: string, values: unknown[] = []) =>
    onServer<Record<string, unknown>[]>(url, async (client) => (await client.query(text, values)).rows ?? []);
  return { url, query };
}

/** Any bigint; who holds it makes the template, and the others wait. */
const TEMPLATE_LOCK = 7_215_001;

/** One template for a run of the suite, which drops it at its end: a changed migration never meets an old one. */
async function ensureTemplate(server: string): Promise<string> {
  const template = process.env.REVIVER_TEST_TEMPLATE ?? `reviver_template_${process.ppid}`;
  await onServer(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount) return;
    const building = `${template}_new`;
    await client.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${building}`);
    await migrate(urlOf(server, building));
    await client.query(`ALTER DATABASE ${building} RENAME TO ${template}`);
  });
  return template;
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer<T>(server: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
