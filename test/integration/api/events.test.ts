import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import type { Subscribe } from '../../../src/api/event-stream.js';
import { type EventJson, eventJson } from '../../../src/api/json/event.js';
import { type ApiServer, startApi, TOKENS } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi({ limits: { sockets: 2, socketPingMs: 50 } });
});
afterEach(() => server.close());

interface Client {
  socket: WebSocket;
  events: EventJson[];
  /** Resolves once `count` events have come. */
  received(count: number): Promise<EventJson[]>;
  closed: Promise<number>;
}

async function open(path = '/ws/events', protocols: string[] = [], headers = {}): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, protocols, { headers });
  const events: EventJson[] = [];
  const received = (count: number) =>
    new Promise<EventJson[]>((resolve) => {
      const look = () => events.length >= count && resolve(events);
      socket.on('message', look);
      look();
    });
  socket.on('message', (data) => events.push(eventJson.parse(JSON.parse(String(data)))));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, events, received, closed };
}

const ANN = { Authorization: 'Bearer tok-ann' };

/** The plain HTTP answer to an upgrade that is refused. */
function refusal(path: string, headers: Record<string, string>): Promise<{ status: number; body: { code: string } }> {
  return new Promise((resolve, reject) => {
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const sent = request(
      { host: '127.0.0.1', port: server.port, path, headers: { ...upgrade, ...headers } },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
      },
    );
    sent
      .on('upgrade', () => reject(new Error('was let in')))
      .on('error', reject)
      .end();
  });
}

describe('WS /ws/events', () => {
  test('sends each stored event', async () => {
    const client = await open('/ws/events', [], ANN);
    await server.call('POST', '/recover/redis');
    const [event] = await client.received(1);
    expect(event).toMatchObject({ id: 1, kind: 'recovery.created', recovery: 'R-1', service: 'redis', actor: 'Ann' });
    client.socket.close();
    await client.closed;
  });

  test('continues after the event that was seen last', async () => {
    await server.call('POST', '/recover/redis');
    await server.call('POST', '/recoveries/1/ack');
    const client = await open('/ws/events?from=1', [], ANN);
    expect((await client.received(1)).map(({ id }) => id)).toEqual([2]);
  });

  test('takes the token of a browser from the subprotocols, and does not say it again', async () => {
    const client = await open('/ws/events', ['bearer.tok-viewer', 'reviver']);
    expect(client.socket.protocol).toBe('reviver');
  });

  test('ends its subscription when the client goes', async () => {
    const client = await open('/ws/events', [], ANN);
    expect(server.engine.listening).toBe(1);
    client.socket.terminate();
    await client.closed;
    await until(() => server.engine.listening === 0);
  });

  test.each([
    ['without a token', '/ws/events', {}, 401, 'unauthenticated'],
    ['with an expired one', '/ws/events', { Authorization: 'Bearer tok-old' }, 401, 'unauthenticated'],
    ['with a token in the query only', '/ws/events?token=tok-ann', {}, 401, 'unauthenticated'],
    ['without any role', '/ws/events', { Authorization: 'Bearer tok-none' }, 403, 'forbidden'],
    ['elsewhere', '/ws/else', ANN, 404, 'not_found'],
    ['from a bad place', '/ws/events?from=x', ANN, 422, 'invalid_input'],
    ['with an unknown field', '/ws/events?form=1', ANN, 422, 'invalid_input'],
  ])('%s nobody is let in', async (_, path, headers, status, code) => {
    expect(await refusal(path, headers)).toMatchObject({ status, body: { code, status } });
  });

  test('has room for so many', async () => {
    await open('/ws/events', [], ANN);
    await open('/ws/events', [], ANN);
    expect(await refusal('/ws/events', ANN)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });

  test('ends when its token is revoked', async () => {
    TOKENS.set('tok-brief', { name: 'brief', roles: ['viewer'], expired: false });
    const client = await open('/ws/events', [], { Authorization: 'Bearer tok-brief' });
    TOKENS.delete('tok-brief');
    expect(await client.closed).toBe(1008);
  });

  test('lets go of a client that reads too slowly', async () => {
    const flood: Subscribe = async (_, onEvent) => {
      const event = { at: new Date(), recoveryId: null, kind: 'k', actor: 'Ann', data: { text: 'x'.repeat(100_000) } };
      for (let id = 1; id <= 200; id += 1) onEvent({ id, ...event });
    };
    await server.close();
    server = await startApi({ subscribe: flood });
    const client = await open('/ws/events', [], ANN);
    expect(await client.closed).toBe(1013);
    expect(client.events.length).toBeLessThan(200);
  });

  test('says goodbye when the server stops, also to one that does not answer', async () => {
    const polite = await open('/ws/events', [], ANN);
    const deaf = await open('/ws/events', [], ANN);
    deaf.socket.pause();
    await server.close();
    expect(await polite.closed).toBe(1001);
    deaf.socket.terminate();
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
