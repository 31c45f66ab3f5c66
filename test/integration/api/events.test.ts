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
    for (const name of ['after', 'from']) {
      const client = await open(`/ws/events?${name}=1`, [], ANN);
      expect((await client.received(1)).map(({ id }) => id)).toEqual([2]);
    }
  });

  test('sends what is about one service, or of one recovery, alone', async () => {
    await server.call('POST', '/recover/web');
    await server.call('POST', '/recover/redis');
    await server.call('POST', '/recoveries/1/ack');
    await server.call('POST', '/recoveries/2/ack');
    const ofWeb = await open('/ws/events?after=0&service=web', [], ANN);
    const ofSecond = await open('/ws/events?after=0&recovery=R-2', [], ANN);
    const seen = async (client: Client) =>
      (await client.received(2)).map(({ recovery, kind }) => `${recovery} ${kind}`);
    expect(await seen(ofWeb)).toEqual(['R-1 recovery.created', expect.stringMatching(/^R-1 /)]);
    expect(await seen(ofSecond)).toEqual(['R-2 recovery.created', expect.stringMatching(/^R-2 /)]);
  });

  test('goes on behind the Last-Event-ID of who comes back, whatever the URL says', async () => {
    await server.call('POST', '/recover/redis');
    for (const _ of [1, 2]) await server.call('POST', '/recoveries/1/ack');
    const [first, second] = await (await open('/ws/events?after=0', [], ANN)).received(3);
    const back = await open('/ws/events?after=0', [], { ...ANN, 'Last-Event-ID': String(first?.id) });
    expect((await back.received(1))[0]).toEqual(second);
    expect(await refusal('/ws/events', { ...ANN, 'Last-Event-ID': 'x' })).toMatchObject({ status: 422 });
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
    ['for no recovery', '/ws/events?recovery=x', ANN, 422, 'invalid_input'],
    ['from a page of another site', '/ws/events', { ...ANN, Origin: 'https://evil.example' }, 403, 'forbidden'],
    ['from a page of no site', '/ws/events', { ...ANN, Origin: 'null' }, 403, 'forbidden'],
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

  test('waits for who reads slowly, holding little in memory, and lets go of who does not read at all', async () => {
    const asked: number[] = [];
    const cut: string[] = [];
    const opened: number[] = [];
    const endless: Subscribe = async (_, onEvent, signal) => {
      const event = { at: new Date(), recoveryId: null, kind: 'k', actor: 'Ann', data: { text: 'x'.repeat(100_000) } };
      for (let id = 1; id <= 10_000 && !signal.aborted; id += 1) {
        asked.push(id);
        await onEvent({ id, ...event });
      }
    };
    await server.close();
    server = await startApi({
      subscribe: endless,
      limits: { socketStallMs: 300, socketCloseMs: 100, socketPingMs: 60_000 },
      onCutOff: (why) => cut.push(why),
      onSockets: (count) => opened.push(count),
    });
    const before = process.memoryUsage().rss;
    const client = await open('/ws/events', [], ANN);
    client.socket.pause();
    await until(() => opened.at(-1) === 0);
    expect(cut).toEqual(['slow']);
    // What the system's own buffers took, and 256 KiB: a hundredth of what there was to send.
    expect(asked.length).toBeLessThan(200);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1_048_576);
    client.socket.terminate();
    expect(opened).toEqual([1, 0]);
  });

  test('sends all of it to who reads slowly but steadily', async () => {
    const many: Subscribe = async (_, onEvent) => {
      const event = { at: new Date(), recoveryId: null, kind: 'k', actor: 'Ann', data: { text: 'x'.repeat(100_000) } };
      for (let id = 1; id <= 300; id += 1) await onEvent({ id, ...event });
    };
    await server.close();
    server = await startApi({ subscribe: many, limits: { socketStallMs: 2_000 } });
    const client = await open('/ws/events', [], ANN);
    client.socket.on('message', () => {
      client.socket.pause();
      setImmediate(() => client.socket.resume());
    });
    expect((await client.received(300)).map(({ id }) => id)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  });

  test('lets pages of its own in, also behind a proxy, and those that are allowed', async () => {
    await server.close();
    server = await startApi({ origins: ['https://ops.example'] });
    const own = { ...ANN, Origin: `http://127.0.0.1:${server.port}` };
    const proxied = { ...ANN, Origin: 'https://reviver.example', 'X-Forwarded-Host': 'reviver.example' };
    for (const headers of [own, proxied, { ...ANN, Origin: 'https://ops.example' }])
      await open('/ws/events', [], headers);
  });

  test('has room for so many of one token, also when they come at once', async () => {
    await server.close();
    server = await startApi({ limits: { socketsEach: 3 } });
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => open('/ws/events', [], ANN)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await refusal('/ws/events', ANN)).toMatchObject({ status: 429, body: { code: 'too_many' } });
  });

  test('compresses nothing, whatever is offered', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws/events`, { headers: ANN, perMessageDeflate: true });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    expect(socket.extensions).toBe('');
    socket.terminate();
  });

  test.each<[string, number, (client: Client) => void]>([
    ['a frame that is too large', 1009, ({ socket }) => socket.send('x'.repeat(5_000))],
    ['a binary frame', 1003, ({ socket }) => socket.send(Buffer.from([1, 2, 3]))],
    ['text that is no UTF-8', 1007, ({ socket }) => socket.send(Buffer.from([0xc3, 0x28]), { binary: false })],
    ['a flood of texts', 1008, ({ socket }) => times(200, () => socket.send('hello'))],
    ['a flood of pings', 1006, ({ socket }) => times(200, () => socket.ping())],
  ])('%s ends its connection with %d, and no other', async (_, code, attack) => {
    const cut: string[] = [];
    await server.close();
    server = await startApi({ onCutOff: (why) => cut.push(why) });
    const good = await open('/ws/events', [], ANN);
    const bad = await open('/ws/events', [], ANN);
    attack(bad);
    expect(await bad.closed).toBe(code);
    expect(cut).toEqual(['hostile']);
    await server.call('POST', '/recover/redis');
    expect(await good.received(1)).toHaveLength(1);
  });

  test('ends who does not answer a ping', async () => {
    const cut: string[] = [];
    await server.close();
    server = await startApi({ limits: { socketPingMs: 50 }, onCutOff: (why) => cut.push(why) });
    const client = await open('/ws/events', [], ANN);
    client.socket.pause();
    await until(() => cut.length > 0);
    expect(cut).toEqual(['silent']);
    client.socket.terminate();
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

function times(count: number, work: () => void): void {
  for (let n = 0; n < count; n += 1) work();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
