import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { UserError } from '../engine/model/errors.js';
import type { Limits } from './limits.js';
import type { ProblemJson } from './problem.js';

export interface Listener {
  server: Server;
  /** The port that was bound, also when 0 was asked for. Rejects when it is taken. */
  listen(port: number, host: string): Promise<number>;
  /** Lets running requests end for at most `graceMs`, then cuts them off. */
  close(graceMs?: number): Promise<void>;
}

/** An HTTP server that a slow, broken or endless client cannot hold. */
export function createListener(handler: RequestListener, limits: Limits): Listener {
  const { headersTimeoutMs, requestTimeoutMs } = limits;
  const connectionsCheckingInterval = Math.min(1_000, headersTimeoutMs, requestTimeoutMs);
  const server = createServer(
    { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs, connectionsCheckingInterval },
    handler,
  );
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (req, res) => void latest.set(req.socket, res));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseRaw(socket, error.code, latest.get(socket)));
  return {
    server,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        const failed = (error: NodeJS.ErrnoException) => reject(notBound(error, port, host));
        server.once('error', failed);
        server.listen(port, host, () => {
          server.off('error', failed);
          resolve(portOf(server.address()));
        });
      }),
    close: (graceMs = 2_000) => closeServer(server, graceMs),
  };
}

/** Why nothing listens, for whoever starts it. */
const NOT_BOUND: Record<string, string> = {
  EADDRINUSE:
    'another process has it. Stop that one, or choose another port (PORT for the API, METRICS_PORT for metrics)',
  EACCES: 'this user may not have it. Choose a port from 1024 on (PORT for the API, METRICS_PORT for metrics)',
  EADDRNOTAVAIL: 'this machine has no such address. Correct REVIVER_HOST',
};

function notBound(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const why = NOT_BOUND[error.code ?? ''];
  return why ? new UserError('conflict', `Port ${port} of ${host} cannot be listened on: ${why}.`) : error;
}

/**
 * Answers on a socket that has no response object: a problem document, and the end of the connection.
 * @param method of the request, where it is known: an answer to HEAD has no body (RFC 9110, 9.3.2)
 */
export function endSocket(
  socket: Duplex,
  method: string | undefined,
  status: number,
  headers: Record<string, string>,
  body: ProblemJson,
): void {
  const text = JSON.stringify(body);
  const lines = Object.entries({ ...headers, 'Content-Length': String(Buffer.byteLength(text)), Connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${body.title}\r\n${head}\r\n${method === 'HEAD' ? '' : text}`);
}

/** What the HTTP parser refused, before there was a whole request. */
const REFUSALS: Record<string, { status: number; title: string; detail: string }> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: 'Headers too large',
    detail: 'The URL and headers are larger than 16 KiB.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, title: 'Request timed out', detail: 'The request was not sent in time.' },
};
const UNREADABLE = { status: 400, title: 'Malformed request', detail: 'This is not an HTTP request.' };

/** `latest`: the answer to the last request of this connection whose headers came whole. */
function refuseRaw(socket: Duplex, code: string | undefined, latest: ServerResponse | undefined): void {
  const unfinished = latest?.req.complete === false ? latest : undefined;
  // A second answer to one request would be read as a part of the first, or as the answer to the next.
  if (code === 'ECONNRESET' || !socket.writable || unfinished?.headersSent) return void socket.destroy();
  const refusal = REFUSALS[code ?? ''] ?? UNREADABLE;
  const type = 'urn:reviver:problem:malformed';
  const headers = { 'Content-Type': 'application/problem+json; charset=utf-8' };
  endSocket(socket, unfinished?.req.method, refusal.status, headers, {
    type,
    ...refusal,
    instance: 'about:blank',
    code: 'malformed',
  });
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  } finally {
    clearTimeout(cutOff);
  }
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}
