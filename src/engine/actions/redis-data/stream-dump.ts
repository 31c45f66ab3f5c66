import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ActionError } from '../action.js';

/**
 * Writes the data of a running Redis into a file, all of one moment, as a replica is given them: nothing is written on
 * the server's own disk, where its last dump may be the last good one. With its defaults Redis 7 begins after 5 s
 * (`repl-diskless-sync-delay`). Sources: redis.io/docs/latest/commands/sync, replication.c of Redis.
 */
export async function streamDump(url: string, file: string, signal: AbortSignal): Promise<{ bytes: number }> {
  const socket = await connected(new URL(url), signal);
  const abort = () => socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  const target = await open(file, 'w', 0o600);
  try {
    const reply = replies(socket);
    await logIn(socket, reply, new URL(url));
    // An old server knows no such word, and gives its data from its disk then.
    send(socket, 'REPLCONF', 'capa', 'eof');
    await reply.line();
    send(socket, 'SYNC');
    const announced = await reply.line();
    const bytes = await reply.payload(announced, async (chunk) => {
      signal.throwIfAborted();
      await target.write(chunk);
    });
    await target.sync();
    return { bytes };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
    await target.close();
  }
}

function connected({ protocol, hostname, port }: URL, signal: AbortSignal): Promise<Socket> {
  const at = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) };
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = protocol === 'rediss:' ? connectTls({ ...at, servername: at.host }) : connect(at);
    const abort = () => socket.destroy(new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', reject);
    socket.once(protocol === 'rediss:' ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
  });
}

async function logIn(socket: Socket, reply: Replies, { username, password }: URL): Promise<void> {
  if (password === '') return;
  const user = username === '' ? [] : [decodeURIComponent(username)];
  send(socket, 'AUTH', ...user, decodeURIComponent(password));
  const answer = await reply.line();
  if (answer.startsWith('-')) throw refusal(answer);
}

function send(socket: Socket, ...words: string[]): void {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  socket.write(`*${words.length}\r\n${parts.join('')}`);
}

interface Replies {
  /** The next line that says something: while it prepares, Redis sends empty ones. */
  line(): Promise<string>;
  /** The bytes that a line announced, piece by piece; how many they were. */
  payload(announced: string, take: (chunk: Buffer) => Promise<void>): Promise<number>;
}

const MARK_BYTES = 40;

function replies(socket: Socket): Replies {
  const chunks = socket[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<void> => {
    const { value, done } = await chunks.next();
    if (done) throw new Error('Redis closed the connection');
    rest = Buffer.concat([rest, Buffer.from(value)]);
  };

  async function line(): Promise<string> {
    for (;;) {
      const end = rest.indexOf('\n');
      if (end < 0) {
        await more();
        continue;
      }
      const text = rest.toString('latin1', 0, end).trim();
      rest = rest.subarray(end + 1);
      if (text !== '') return text;
    }
  }

  /** Until the mark, behind which the server waits for the replica to speak. */
  async function upTo(mark: Buffer, take: (chunk: Buffer) => Promise<void>): Promise<number> {
    for (let bytes = 0; ; await more()) {
      const end = rest.length >= MARK_BYTES && rest.subarray(-MARK_BYTES).equals(mark);
      const ready = rest.subarray(0, Math.max(0, rest.length - MARK_BYTES));
      await take(ready);
      bytes += ready.length;
      rest = rest.subarray(ready.length);
      if (end) return bytes;
    }
  }

  async function exactly(bytes: number, take: (chunk: Buffer) => Promise<void>): Promise<number> {
    for (let left = bytes; left > 0; left -= Math.min(left, rest.length), rest = rest.subarray(rest.length)) {
      if (rest.length === 0) await more();
      await take(rest.subarray(0, left));
    }
    return bytes;
  }

  return {
    line,
    async payload(announced, take) {
      const [, mark, length] = /^\$(?:EOF:([0-9a-f]{40})|(\d+))$/.exec(announced) ?? [];
      if (mark !== undefined) return upTo(Buffer.from(mark), take);
      if (length !== undefined) return exactly(Number(length), take);
      throw refusal(announced);
    },
  };
}

function refusal(line: string): ActionError {
  return new ActionError(
    `Redis does not give its data as to a replica (${line.replace(/^-(ERR )?/, '')}). The user of the health check's URL needs the commands sync and replconf. Nothing was changed.`,
    { code: 'redis_refused', retryable: false },
  );
}
