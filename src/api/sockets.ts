import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { z } from 'zod';
import { NotFound, UserError } from '../engine/model/errors.js';
import type { Principal, Role } from '../engine/model/person.js';
import type { Log } from '../engine/ports.js';
import { type Authenticate, requireRole } from './authentication.js';
import type { Limits } from './limits.js';
import { endSocket } from './listener.js';
import { isInternal, problemOf } from './problem.js';

/** A client of a WebSocket. */
export interface Peer {
  who: Principal;
  /** Sends it as JSON. A client that reads too slowly is closed with 1013: it may come back and continue. */
  send(message: object): void;
  close(code: number, reason: string): void;
}

/** Serves one client until `signal` aborts, which is when it is gone. */
export type Serve = (peer: Peer, signal: AbortSignal) => Promise<void>;

/** One WebSocket of the API. */
export interface SocketRoute {
  path: string;
  operation: string;
  summary: string;
  access: readonly Role[];
  query: z.ZodObject;
  /** Throws `invalid_input` when the query is not as described; nobody is let in then. */
  accept(query: unknown): Serve;
}

/** Serves WebSockets on an HTTP server; answers how to end them all. */
export function mountSockets(
  server: Server,
  routes: readonly SocketRoute[],
  { authenticate, limits, log }: { authenticate: Authenticate; limits: Limits; log: Log },
): { close(): Promise<void> } {
  const wss = new WebSocketServer({ noServer: true, maxPayload: 4_096, handleProtocols: chosenProtocol });
  /** Open ones by principal. */
  const open = new Map<string, number>();

  server.on('upgrade', (req, socket, head) => {
    socket.on('error', () => socket.destroy());
    admit(req)
      .then(({ who, serve }) => wss.handleUpgrade(req, socket, head, (client) => attend(client, req, who, serve)))
      .catch((error: unknown) => refuse(socket, req, error));
  });

  async function admit(req: IncomingMessage) {
    const { pathname, searchParams } = urlOf(req);
    const route = routes.find(({ path }) => path === pathname);
    if (!route) throw new NotFound('WebSocket', pathname.slice(0, 80));
    const who = await authenticate(presented(req), req.socket.remoteAddress ?? 'unknown');
    requireRole(who, route.access);
    if (wss.clients.size >= limits.sockets)
      throw new UserError('unavailable', 'Too many open WebSockets. Try again later.');
    if ((open.get(who.name) ?? 0) >= limits.socketsEach)
      throw new UserError('too_many', `${who.name} has ${limits.socketsEach} open WebSockets already; close some.`);
    return { who, serve: route.accept(Object.fromEntries(searchParams)) };
  }

  function attend(client: WebSocket, req: IncomingMessage, who: Principal, serve: Serve): void {
    const gone = new AbortController();
    open.set(who.name, (open.get(who.name) ?? 0) + 1);
    const stopBeating = heartbeat(client, limits.socketPingMs, () =>
      authenticate(presented(req), req.socket.remoteAddress ?? 'unknown'),
    );
    client.on('error', () => client.terminate());
    client.once('close', () => {
      stopBeating();
      const left = (open.get(who.name) ?? 1) - 1;
      if (left > 0) open.set(who.name, left);
      else open.delete(who.name);
      gone.abort();
    });
    const peer: Peer = {
      who,
      send: (message) => {
        if (client.bufferedAmount > limits.socketBacklogBytes) client.close(1013, 'reads too slowly');
        else if (client.readyState === client.OPEN) client.send(JSON.stringify(message));
      },
      close: (code, reason) => client.close(code, reason),
    };
    serve(peer, gone.signal).catch((error: unknown) => {
      if (!gone.signal.aborted) log('error', 'api:socket_failed', { path: urlOf(req).pathname, error: String(error) });
      client.close(1011, 'internal error');
    });
  }

  function refuse(socket: Duplex, req: IncomingMessage, error: unknown): void {
    const id = randomUUID();
    const problem = problemOf(error, urlOf(req).pathname, id);
    if (isInternal(problem)) log('error', 'api:internal_error', { id, error: String(error) });
    endSocket(socket, problem.status, problem.headers, problem.body);
  }

  return { close: () => closeAll(wss) };
}

const BEARER_PROTOCOL = 'bearer.';

/** Browsers cannot set headers on a WebSocket, but they can offer `bearer.TOKEN` as a subprotocol. */
function presented(req: IncomingMessage): string | undefined {
  if (req.headers.authorization) return req.headers.authorization;
  const offered = (req.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const token = offered.find((name) => name.startsWith(BEARER_PROTOCOL))?.slice(BEARER_PROTOCOL.length);
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** Browsers hang up unless one of their offers is taken: any but the token, if there is another. */
function chosenProtocol(offered: Set<string>): string | false {
  const names = [...offered];
  return names.find((name) => !name.startsWith(BEARER_PROTOCOL)) ?? names[0] ?? false;
}

/** Ends a client that is silent for a whole interval, or whose token no longer holds. */
function heartbeat(client: WebSocket, intervalMs: number, stillAllowed: () => Promise<unknown>): () => void {
  let alive = true;
  client.on('pong', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!alive) return client.terminate();
    alive = false;
    client.ping();
    stillAllowed().catch((error: unknown) => {
      if (error instanceof UserError && error.code === 'unauthenticated')
        client.close(1008, 'the token no longer holds');
    });
  }, intervalMs);
  return () => clearInterval(timer);
}

/** Says goodbye, and cuts off who does not answer. */
async function closeAll(wss: WebSocketServer): Promise<void> {
  const clients = [...wss.clients];
  const cutOff = setTimeout(() => clients.map((client) => client.terminate()), 500);
  try {
    await Promise.all(
      clients.map((client) => {
        const closed = new Promise((resolve) => client.once('close', resolve));
        client.close(1001, 'Reviver is stopping');
        return closed;
      }),
    );
  } finally {
    clearTimeout(cutOff);
    wss.close();
  }
}

function urlOf(req: IncomingMessage): URL {
  return URL.canParse(req.url ?? '/', 'http://reviver')
    ? new URL(req.url ?? '/', 'http://reviver')
    : new URL('http://reviver/');
}
