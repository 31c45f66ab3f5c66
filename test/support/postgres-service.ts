import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';
import { Client } from 'pg';
import { account } from '../../scripts/services/account.mjs';
import { freePort } from '../../scripts/services/free-port.mjs';
import { startPostgres } from '../../scripts/services/postgres.mjs';
import { postgresPrograms } from '../../scripts/services/postgres-cluster.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { eventually } from './eventually.js';

export interface PostgresService {
  url: string;
  port: number;
  /** Its folder of data, with `postmaster.pid` while it runs. */
  data: string;
  /** YAML of a service that Reviver starts and stops itself. */
  yaml(name: string, more?: string): string;
  query(text: string, database?: string): Promise<Record<string, unknown>[]>;
}

/** Not among the programs of the package; Debian has it beside its server, and others on the PATH. */
const BASEBACKUP = ['/usr/lib/postgresql/15/bin/pg_basebackup'].find((path) => existsSync(path)) ?? 'pg_basebackup';

/** A Postgres that does not run yet: whoever starts it stops it before the file ends. */
export async function preparePostgres(args: readonly string[] = []): Promise<PostgresService> {
  const { path, remove } = await createPrivateFolder('reviver-test');
  OPEN.add(() => end(path, remove));
  const first = await startPostgres({ dir: path });
  await first.stop();
  return serviceOf(path, first.url, first.port, args);
}

/** A streaming replica of a running Postgres, stopped. */
export async function prepareReplica(primaryUrl: string, args: readonly string[] = []): Promise<PostgresService> {
  const { path, remove } = await createPrivateFolder('reviver-test');
  OPEN.add(() => end(path, remove));
  const who = await account();
  const data = join(path, 'data');
  await mkdir(data, { mode: 0o700 });
  if (who) await chown(data, who.uid, who.gid);
  const options = ['-D', data, '-d', primaryUrl, '--write-recovery-conf', '--checkpoint=fast', '--wal-method=stream'];
  await promisify(execFile)(BASEBACKUP, options, { ...who, env: { PATH: process.env.PATH }, cwd: path });
  const url = new URL(primaryUrl);
  await writeFile(join(path, 'password'), decodeURIComponent(url.password), { mode: 0o600 });
  url.port = String(await freePort());
  return serviceOf(path, url.href, Number(url.port), args);
}

async function serviceOf(path: string, url: string, port: number, args: readonly string[]): Promise<PostgresService> {
  const who = await account();
  const { postgres } = await postgresPrograms(who, join(path, 'programs'));
  const data = join(path, 'data');
  // A replica with fewer connections than its primary refuses to start.
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', ...args];
  // Postgres does not run as root; setpriv becomes the server, so that signals reach it.
  const as = who ? ['setpriv', `--reuid=${who.uid}`, `--regid=${who.gid}`, '--clear-groups'] : [];
  const command = [...as, postgres, '-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])];
  return {
    url,
    port,
    data,
    yaml: (name, more = '') => `  - name: ${name}
    runtime: process
    process: { command: ${JSON.stringify(command)}, cwd: ${JSON.stringify(path)} }
    health: [{ type: postgres, url: "${url}", interval: 1h, timeout: 4s }]
${more}`,
    query: (text, database) => queryAt(url, text, database),
  };
}

/** Rows of a statement, over a connection of its own. */
export async function queryAt(url: string, text: string, database?: string): Promise<Record<string, unknown>[]> {
  const at = new URL(url);
  if (database !== undefined) at.pathname = `/${encodeURIComponent(database)}`;
  const client = new Client({ connectionString: at.href });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Whoever started it: what runs in the folder ends before the folder goes. */
async function end(path: string, remove: () => Promise<void>): Promise<void> {
  const pid = await postmasterOf(join(path, 'data'));
  if (pid !== undefined) {
    for (const signal of ['SIGCONT', 'SIGINT'] as const) tell(pid, signal);
    await eventually(() => !tell(pid, 0), { timeoutMs: 20_000 });
  }
  await remove();
}

/** The process that runs on this folder of data, as the server itself notes it. */
export async function postmasterOf(data: string): Promise<number | undefined> {
  const [pid] = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return pid ? Number(pid) : undefined;
}

function tell(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

const OPEN = new Set<() => Promise<void>>();
afterAll(async () => {
  for (const close of OPEN) await close();
  OPEN.clear();
}, 60_000);
