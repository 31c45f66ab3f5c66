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
import { requireOwnOrigin } from './origin.js';
import { type CutOff, createPeer, type End, type Peer } from './peer.js';
import { isInternal, problemOf } from './problem.js';
import { withoutVersion } from './version-prefix.js';

/** Serves one client until `signal` aborts, which is when it is gone. */
export type Serve = (peer: Peer, signal: AbortSignal) => Promise<void>;

/** One WebSocket of the API. */
export interface SocketRoute {
  path: string;
  operation: string;
  summary: string;
  access: readonly Role[];
  query: z.ZodObject;
  /**
   * Throws `invalid_input` when the query is not as described; nobody is let in then.
   * @param lastEventId the header of that name, which says where a client that comes back goes on
   */
  accept(query: Record<string, unknown>, lastEventId?: string): Serve;
}

/** How many are open, and why some were cut off. */
export interface SocketNews {
  onSockets?(open: number): void;
  onCutOff?(why: CutOff): void;
}

export interface SocketParts extends SocketNews {
  authenticate: Authenticate;
  limits: Limits;
  /** Origins of pages that may open one, besides our own. */
  origins: readonly string[];
  log: Log;
}

/** Serves WebSockets on an HTTP server; answers how to end them all. */
export function mountSockets(
  server: Server,
  routes: readonly SocketRoute[],
  { authenticate, limits, origins, log, onSockets, onCutOff }: SocketParts,
): { close(): Promise<void> } {
  // Nothing is compressed: a few bytes could become many.
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: 4_096,
    perMessageDeflate: false,
    handleProtocols: chosenProtocol,
  });
  /** Open ones by principal. */
  const open = new Map<string, number>();

  server.on('upgrade', (req, socket, head) => {
    socket.on('error', () => socket.destroy());
    admit(req)
      .then(({ who, serve }) => {
        requireRoom(who);
        wss.handleUpgrade(req, socket, head, (client) => attend(client, req, who, serve));
      })
      .catch((error: unknown) => refuse(socket, req, error));
  });

  async function admit(req: IncomingMessage) {
    const { pathname, searchParams } = urlOf(req);
    const wanted = withoutVersion(pathname) ?? pathname;
    const route = routes.find(({ path }) => path === wanted);
    if (!route) throw new NotFound('WebSocket', pathname.slice(0, 80));
    const who = await authenticate(presented(req), req.socket.remoteAddress ?? 'unknown');
    requireRole(who, route.access);
    requireOwnOrigin(req, origins, (facts) => log('warn', 'api:origin_refused', { ...facts, who: who.name }));
    const lastEventId = req.headers['last-event-id'];
    return { who, serve: route.accept(Object.fromEntries(searchParams), lastEventId?.toString()) };
  }

  /** Asked right before it is taken: several that come at once count each other. */
  function requireRoom(who: Principal): void {
    if (wss.clients.size >= limits.sockets)
      throw new UserError('unavailable', 'Too many open WebSockets. Try again later.');
    if ((open.get(who.name) ?? 0) >= limits.socketsEach)
      throw new UserError('too_many', `${who.name} has ${limits.socketsEach} open WebSockets already; close some.`);
  }

  function attend(client: WebSocket, req: IncomingMessage, who: Principal, serve: Serve): void {
    const gone = new AbortController();
    let cutOff: NodeJS.Timeout | undefined;
    open.set(who.name, (open.get(who.name) ?? 0) + 1);
    onSockets?.(wss.clients.size);

    /** Whoever does not answer the goodbye is left; what it has not read yet must not wait in memory for long. */
    const end: End = (code, reason, why) => {
      if (cutOff) return;
      cutOff = setTimeout(() => client.terminate(), limits.socketCloseMs);
      if (why) onCutOff?.(why);
      client.close(code, reason);
      gone.abort();
    };
    const stopBeating = heartbeat(client, limits, end, () =>
      authenticate(presented(req), req.socket.remoteAddress ?? 'unknown'),
    );
    // A frame that is none, or too large; ws has said 1002, 1007 or 1009 already.
    client.on('error', () => end(1002, 'malformed', 'hostile'));
    client.once('close', () => {
      stopBeating();
      clearTimeout(cutOff);
      const left = (open.get(who.name) ?? 1) - 1;
      if (left > 0) open.set(who.name, left);
      else open.delete(who.name);
      onSockets?.(wss.clients.size);
      gone.abort();
    });
    serve(createPeer(client, who, limits, end), gone.signal).catch((error: unknown) => {
      if (gone.signal.aborted) return;
      log('error', 'api:socket_failed', { path: urlOf(req).pathname, error: String(error) });
      end(1011, 'internal error', 'failed');
    });
  }

  function refuse(socket: Duplex, req: IncomingMessage, error: unknown): void {
    const id = randomUUID();
    const problem = problemOf(error, urlOf(req).pathname, id);
    if (isInternal(problem)) log('error', 'api:internal_error', { id, error: String(error) });
    endSocket(socket, req.method, problem.status, problem.headers, problem.body);
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

/**
 * Ends a client that is silent for a whole interval, whose token no longer holds, or that talks: nothing is to be said here,
 * and each ping of theirs costs an answer.
 */
function heartbeat(client: WebSocket, limits: Limits, end: End, stillAllowed: () => Promise<unknown>): () => void {
  let alive = true;
  let said = 0;
  const listen = (): void => {
    said += 1;
    if (said > limits.socketMessages) end(1008, 'says too much', 'hostile');
  };
  client.on('ping', listen);
  client.on('message', (_data, isBinary) => {
    if (isBinary) end(1003, 'nothing is read here', 'hostile');
    else listen();
  });
  client.on('pong', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!alive) {
      end(1001, 'silent', 'silent');
      return client.terminate();
    }
    alive = false;
    said = 0;
    client.ping();
    stillAllowed().catch((error: unknown) => {
      if (error instanceof UserError && error.code === 'unauthenticated')
        end(1008, 'the token no longer holds', 'token');
    });
  }, limits.socketPingMs);
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
