import { Socket } from 'node:net';
import { errorCode } from '../processes/error-code.js';
import { healthy, type Probe, unhealthy } from './probe.js';
import { failureInWords } from './words.js';

/** SQLSTATEs of a server that is there and cannot serve: starting up, shutting down, out of connections. */
const NOT_SERVING = new Set(['57P01', '57P02', '57P03', '53300']);

/**
 * `select 1`. A URL without a user asks less, as pg_isready does: whether the server accepts connections; a server that
 * refuses the log-in has answered.
 */
export const checkPostgres: Probe = async (check, signal) => {
  const { Client } = (await import('pg')).default;
  signal.throwIfAborted();
  const url = new URL(check.url ?? '');
  // A socket of ours: the client's own goodbye waits for a server that may hang.
  const socket = new Socket();
  const client = new Client({ connectionString: url.href, application_name: 'reviver-health', stream: () => socket });
  // A connection that breaks later than the query reports here, and nobody needs it any more.
  client.on('error', () => {});
  const abort = () => socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    await client.query('select 1');
    await client.end();
    return healthy('answers select 1');
  } catch (error) {
    signal.throwIfAborted();
    if (url.username === '' && refusedLogin(error))
      return healthy('accepts connections (not logged in: the check has no user)');
    return unhealthy(failureInWords(error));
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
};

function refusedLogin(error: unknown): boolean {
  const sqlState = errorCode(error);
  if (sqlState && /^[0-9A-Z]{5}$/.test(sqlState)) return !NOT_SERVING.has(sqlState);
  return /password must be a string/.test(failureInWords(error));
}
