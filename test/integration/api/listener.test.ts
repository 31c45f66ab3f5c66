import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from '../../../src/api/limits.js';
import { createListener, type Listener } from '../../../src/api/listener.js';

let listener: Listener;
afterEach(() => listener.close(0));

/** All that the server says to `bytes`, whose sender then says no more. */
async function answerTo(handler: RequestListener, bytes: string): Promise<string> {
  listener = createListener(handler, { ...DEFAULT_LIMITS, headersTimeoutMs: 200, requestTimeoutMs: 300 });
  const socket = connect(await listener.listen(0, '127.0.0.1'), '127.0.0.1', () => socket.write(bytes));
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk;
  });
  await once(socket, 'close');
  return got;
}

const silent: RequestListener = () => {};
const halfOf = (method: string) => `${method} / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf`;

describe('a request that is not sent whole in time', () => {
  test('is told so by a problem document', async () => {
    const answer = await answerTo(silent, halfOf('POST'));
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request timed out\r\n.*\r\n\r\n\{.*"status":408.*\}$/s);
  });

  test('is told so without a body when it was a HEAD', async () => {
    const answer = await answerTo(silent, halfOf('HEAD'));
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request timed out\r\n.*\r\n\r\n$/s);
  });

  test('hears nothing in the midst of an answer, which would read it as its own', async () => {
    const begun: RequestListener = (_req, res) =>
      void res.writeHead(200, { 'Content-Length': 1_000 }).write('first words');
    expect(await answerTo(begun, halfOf('POST'))).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nfirst words$/s);
  });
});
