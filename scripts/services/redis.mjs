import { mkdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { startServer } from './server.mjs';

/** Nothing is written to disk unless `args` ask for it; a queue must never evict. */
const DEFAULTS = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];

/**
 * Starts a private Redis on 127.0.0.1; it is ready when PING answers.
 * @param {object} options
 * @param {string} options.dir its working folder: `dump.rdb`, the append-only file and `redis.log` lie there
 * @param {number} [options.port] default: a free one
 * @param {string[]} [options.args] more arguments, such as `['--appendonly', 'yes']`; they win over the defaults
 * @param {string} [options.config] a file that it reads first, and may rewrite
 */
export async function startRedis({ dir, port, args = [], config }) {
  await mkdir(dir, { recursive: true });
  const chosen = port ?? (await freePort());
  const own = ['--port', String(chosen), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no'];
  const { pid, stop } = await startServer({
    name: 'Redis',
    command: ['redis-server', ...(config ? [config] : []), ...own, ...DEFAULTS, ...args],
    log: join(dir, 'redis.log'),
    stopSignal: 'TERM',
    ready: (pid) => answersPing(chosen, pid),
  });
  return { url: `redis://127.0.0.1:${chosen}`, port: chosen, pid, dir, stop };
}

/**
 * Whether this very process answers: on a port that was taken, another server would. One that wants a password tells
 * nothing about itself, and counts.
 */
function answersPing(port, pid) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 1_000 });
    let text = '';
    socket.once('connect', () => socket.write('PING\r\nINFO server\r\nQUIT\r\n'));
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.once('timeout', () => socket.destroy());
    socket.once('close', () => {
      resolve(text.startsWith('-NOAUTH') || (text.startsWith('+PONG') && text.includes(`process_id:${pid}\r`)));
    });
    socket.on('error', () => {});
  });
}
