import { chown, mkdir, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { account } from './account.mjs';
import { freePort } from './free-port.mjs';
import { startServer } from './server.mjs';

/**
 * Starts a private PgBouncer on 127.0.0.1 in front of a Postgres.
 * @param {object} options
 * @param {string} options.dir gets its configuration and log
 * @param {string} options.target connection string of the server behind
 * @param {'session' | 'transaction' | 'statement'} options.mode
 */
export async function startPgBouncer({ dir, target, mode }) {
  const who = await account();
  const behind = new URL(target);
  const port = await freePort();
  await mkdir(dir, { recursive: true });
  const users = join(dir, 'users.txt');
  await writeFile(users, `"${decodeURIComponent(behind.username)}" "${decodeURIComponent(behind.password)}"\n`);
  const config = join(dir, 'pgbouncer.ini');
  await writeFile(config, configuration({ behind, port, mode, users }));
  if (who) for (const path of [dir, users, config]) await chown(path, who.uid, who.gid);
  const { pid, stop } = await startServer({
    name: 'PgBouncer',
    command: ['pgbouncer', config],
    log: join(dir, 'pgbouncer.log'),
    stopSignal: 'INT',
    ready: () => accepts(port),
    options: { ...who, cwd: dir },
  });
  const url = new URL(target);
  url.port = String(port);
  return { url: url.href, port, pid, stop };
}

function configuration({ behind, port, mode, users }) {
  return `[databases]
* = host=127.0.0.1 port=${behind.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = 60
max_client_conn = 500
tcp_keepidle = 5
tcp_keepintvl = 2
tcp_keepcnt = 3
`;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
