import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { FaultyCalls } from './faults.js';
import type { OneShots } from './one-shots.js';
import { type Acknowledged, DEADLINE_MS, DispatchFailed, type Sending, type Transport } from './transport.js';

export interface SocketMode extends Transport {
  connections(): number;
  /** Sends a message as it is, such as one without an inner event. */
  sendRaw(message: object): void;
  /** Slack recycles the other end: tells it, and hangs up after `afterMs`. */
  recycle(reason: 'warning' | 'refresh_requested' | 'link_disabled', afterMs: number): void;
  /** The lines break without a word. */
  drop(): void;
  /** The lines stay open and nothing comes through, until it is over. */
  freeze(): { over(): void };
  /** The same envelope once more, under the same id. */
  resendLast(): Promise<Acknowledged>;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 10;
const PING_MS = 1_000;

const ack = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

export function createSocketMode(server: Server, oneShots: OneShots, faults: FaultyCalls): SocketMode {
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  const waiting = new Map<string, (given: unknown) => void>();
  /** They will be hung up: used only while there is no other. */
  const retiring = new WeakSet<WebSocket>();
  let frozen = false;
  let last: { id: string; sending: Sending } | undefined;

  server.on('upgrade', (req, socket, head) => {
    const ticket = new URL(req.url ?? '', 'http://slack.test').searchParams.get('ticket') ?? '';
    if (faults.down() || !oneShots.useTicket(ticket)) return void socket.destroy();
    sockets.handleUpgrade(req, socket, head, (connection) => greet(connection));
  });

  function greet(connection: WebSocket): void {
    if (sockets.clients.size > MOST_CONNECTIONS) {
      connection.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      connection.close();
      return;
    }
    // Each envelope that is under way listens.
    connection.setMaxListeners(0);
    connection.on('ping', (data) => {
      if (!frozen) connection.pong(data);
    });
    connection.on('message', (data) => {
      const given = ack.safeParse(JSON.parse(String(data)));
      if (given.success && !frozen) waiting.get(given.data.envelope_id)?.(given.data.payload);
    });
    const pings = setInterval(() => {
      if (!frozen) connection.ping();
    }, PING_MS);
    connection.on('close', () => clearInterval(pings));
    if (!frozen) connection.send(JSON.stringify({ type: 'hello', num_connections: sockets.clients.size }));
  }

  const open = () => [...sockets.clients].filter(({ readyState }) => readyState === 1);

  async function deliver(id: string, { kind, payload, retry }: Sending): Promise<Acknowledged> {
    const lasting = open().filter((each) => !retiring.has(each));
    const lines = lasting.length > 0 ? lasting : open();
    const line = lines[Math.floor(Math.random() * lines.length)];
    if (!line || frozen) throw new DispatchFailed('no connection');
    const began = performance.now();
    let timer: NodeJS.Timeout | undefined;
    let broke = (): void => {};
    try {
      return await new Promise<Acknowledged>((resolve, reject) => {
        broke = () => reject(new DispatchFailed('the line broke'));
        waiting.set(id, (given) => resolve({ payload: given, tookMs: performance.now() - began }));
        timer = setTimeout(() => reject(new DispatchFailed('not acknowledged within 3 s')), DEADLINE_MS);
        line.once('close', broke);
        const again = retry ? { retry_attempt: retry.attempt, retry_reason: retry.reason } : {};
        const accepts = { accepts_response_payload: kind !== 'events_api' };
        line.send(JSON.stringify({ envelope_id: id, type: kind, payload, ...accepts, ...again }));
      });
    } finally {
      clearTimeout(timer);
      line.off('close', broke);
      waiting.delete(id);
    }
  }

  return {
    send(sending) {
      last = { id: randomUUID(), sending };
      return deliver(last.id, sending);
    },
    resendLast() {
      if (!last) throw new Error('nothing was sent yet');
      return deliver(last.id, last.sending);
    },
    connections: () => open().length,
    sendRaw(message) {
      for (const line of open()) line.send(JSON.stringify(message));
    },
    recycle(reason, afterMs) {
      for (const line of open()) {
        retiring.add(line);
        line.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'test' } }));
        setTimeout(() => line.terminate(), afterMs).unref();
      }
    },
    drop() {
      for (const line of sockets.clients) line.terminate();
    },
    freeze() {
      frozen = true;
      return {
        over() {
          frozen = false;
        },
      };
    },
    async close() {
      for (const line of sockets.clients) line.terminate();
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
    },
  };
}
