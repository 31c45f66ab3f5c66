import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createWebhookDoor } from '../../../../../src/bot/telegram/connection/webhook-door.js';

let close = (): void => {};
afterEach(() => close());

test('without a secret the webhook takes nothing, whatever is sent as one', async () => {
  const taken: unknown[] = [];
  const door = createWebhookDoor({ secret: '', take: async (update) => void taken.push(update), log: () => {} });
  const server = createServer(door);
  close = () => void server.close();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const headers of [{}, { 'x-telegram-bot-api-secret-token': '' }] as Record<string, string>[]) {
    const options = { method: 'POST', headers: { ...headers, connection: 'close' }, body: '{"update_id":1}' };
    expect((await fetch(`http://127.0.0.1:${port}`, options)).status).toBe(401);
  }
  expect(taken).toEqual([]);
});
