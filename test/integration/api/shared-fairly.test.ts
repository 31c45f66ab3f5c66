import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { DEFAULT_LIMITS } from '../../../src/api/limits.js';
import { createListener } from '../../../src/api/listener.js';
import { type ApiServer, startApi } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi({ limits: { socketsEach: 2 } });
});
afterEach(() => server.close());

const opened: WebSocket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.terminate();
});

/** 101, or the status of the refusal. */
async function open(token: string): Promise<number> {
  const headers = { Authorization: `Bearer ${token}` };
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws/events`, { headers });
  opened.push(socket);
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  });
}

test('one token cannot take the WebSockets of all', async () => {
  expect([await open('tok-viewer'), await open('tok-viewer'), await open('tok-viewer')]).toEqual([101, 101, 429]);
  expect(await open('tok-ann')).toBe(101);
});

test('a closed one makes room', async () => {
  await open('tok-viewer');
  await open('tok-viewer');
  const closed = new Promise((resolve) => opened[0]?.once('close', resolve));
  opened[0]?.close();
  await closed;
  expect(await open('tok-viewer')).toBe(101);
});

test('a port that another process has is said in a sentence', async () => {
  const second = createListener(() => {}, DEFAULT_LIMITS);
  await expect(second.listen(server.port, '127.0.0.1')).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/^Port \d+ of 127\.0\.0\.1 cannot be listened on: another process has it\. .*PORT/),
  });
});

test('an approver may stop a recovery and call for people here as in chat', async () => {
  await server.call('POST', '/recover/redis');
  for (const verb of ['ack', 'escalate', 'cancel'])
    expect((await server.call('POST', `/recoveries/1/${verb}`, { token: 'tok-lee' })).status).toBe(200);
});
