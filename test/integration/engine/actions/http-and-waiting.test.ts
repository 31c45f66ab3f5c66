import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/engine/actions/action.js';
import { checkHealth } from '../../../../src/engine/actions/check-health.js';
import { httpRequest } from '../../../../src/engine/actions/http-request.js';
import { waitFor } from '../../../../src/engine/actions/wait-for.js';
import { freePort } from '../../../support/index.js';
import { contextWith, serviceWith } from '../../../unit/engine/actions/context.js';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Seen = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { body: string };

/** Answers each request with the next status (the last one for ever); 0 is no answer at all. */
async function serve(...statuses: number[]): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    if (status) response.writeHead(status).end('{"ok":true}');
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, seen };
}

const ctx = contextWith();
const failureOf = (running: Promise<unknown>) => running.catch((error: unknown) => error);

describe('http_request', () => {
  test('sends what it was given and keeps the answer', async () => {
    const { url, seen } = await serve(201);
    const input = { url: `${url}?token=t`, method: 'POST', headers: { 'x-team': 'sre' }, body: 'scale=2' };
    expect(await httpRequest.run(input, ctx, {})).toEqual({ summary: 'HTTP 201', status: 201, body: '{"ok":true}' });
    expect(seen).toMatchObject([
      { method: 'POST', url: '/hook?token=t', body: 'scale=2', headers: { 'x-team': 'sre' } },
    ]);
  });

  test.each([
    [204, undefined, true],
    [302, undefined, false],
    [404, undefined, false],
    [404, 404, true],
    [409, [200, 409], true],
    [200, [201, 202], false],
  ])('%i with expect_status %j is a success: %s', async (status, expected, good) => {
    const { url } = await serve(status);
    const result = await failureOf(httpRequest.run({ url, ...(expected && { expect_status: expected }) }, ctx, {}));
    if (good) expect(result).toMatchObject({ summary: `HTTP ${status}` });
    else
      expect(result).toMatchObject({
        options: { code: 'http_status' },
        message: expect.stringContaining(`/hook answered ${status}, expected `),
      });
  });

  test('that never left is a failure with known effect, by every method', async () => {
    const url = `http://127.0.0.1:${await freePort()}/x?secret=s`;
    for (const method of ['GET', 'POST']) {
      const failure = await failureOf(httpRequest.run({ url, method }, ctx, {}));
      expect(failure).toBeInstanceOf(ActionError);
      expect(String(failure)).toMatch(new RegExp(`${method} http://127.0.0.1:\\d+/x: connection refused\\.$`));
    }
  });

  test('without an answer is a known failure only where it changes nothing', async () => {
    const { url } = await serve(0);
    const get = await failureOf(httpRequest.run({ url, timeout: '100ms' }, ctx, {}));
    expect(get).toBeInstanceOf(ActionError);
    const post = await failureOf(httpRequest.run({ url, method: 'POST', timeout: '100ms' }, ctx, {}));
    expect(post).not.toBeInstanceOf(ActionError);
    expect(String(post)).toMatch(/no answer within 0\.1 s; whether the request took effect is not known/);
  });

  test('ends with the abort', async () => {
    const { url } = await serve(0);
    const controller = new AbortController();
    const running = httpRequest.run({ url }, contextWith({ signal: controller.signal }), {});
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  test.each([
    ['GET', 'not_done'],
    ['HEAD', 'not_done'],
    ['POST', 'unknown'],
    ['PUT', 'unknown'],
    ['PATCH', 'unknown'],
    ['DELETE', 'unknown'],
  ])('%s is %s after a crash', async (method, outcome) => {
    expect(await httpRequest.probe?.({ url: 'http://x/', method }, {}, ctx)).toMatchObject({ outcome });
  });
});

describe('wait_for', () => {
  test('waits until the URL answers', async () => {
    const { url, seen } = await serve(503, 503, 200);
    expect(await waitFor.run({ url, every: '10ms' }, ctx, {})).toMatchObject({ summary: 'HTTP 200' });
    expect(seen).toHaveLength(3);
  });

  test('gives up when its time is over, with the last answer', async () => {
    const { url } = await serve(503);
    await expect(waitFor.run({ url, for: '50ms', every: '10ms' }, ctx, {})).rejects.toThrow(
      / is not healthy after 0\.\d s: HTTP 503\.$/,
    );
    const port = await freePort();
    await expect(waitFor.run({ tcp: `127.0.0.1:${port}`, for: '1ms' }, ctx, {})).rejects.toThrow(
      `127.0.0.1:${port} is not healthy after 0.0 s: connection refused.`,
    );
  });

  test('waits for a service that has a check, and refuses one without', async () => {
    const { url } = await serve(503, 200);
    const health = [{ type: 'http', url, intervalMs: 1_000, timeoutMs: 1_000, failures: 1 } as const];
    const known = contextWith({ service: (name) => serviceWith({ name, health: name === 'web' ? health : [] }) });
    expect(await waitFor.run({ service: 'web', every: '10ms' }, known, {})).toMatchObject({ summary: 'HTTP 200' });
    await expect(waitFor.run({ service: 'bare' }, known, {})).rejects.toThrow(/bare has no health check to wait for/);
  });

  test('ends with the abort', async () => {
    const controller = new AbortController();
    const running = waitFor.run(
      { tcp: `127.0.0.1:${await freePort()}` },
      contextWith({ signal: controller.signal }),
      {},
    );
    const reason = new Error('cancelled');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });
});

describe('check_health', () => {
  const serviceAt = (url: string) => {
    const health = [{ type: 'http', url, intervalMs: 1_000, timeoutMs: 1_000, failures: 1 } as const];
    return contextWith({ service: (name) => serviceWith({ name, health }) });
  };

  test('asks until all checks pass', async () => {
    const { url, seen } = await serve(503, 200);
    expect(await checkHealth.run({ service: 'web' }, serviceAt(url), {})).toMatchObject({
      summary: 'HTTP 200',
      status: 200,
    });
    expect(seen).toHaveLength(2);
  });

  test('fails with the last answer when the time is over', async () => {
    const { url } = await serve(503);
    const failure = await failureOf(checkHealth.run({ service: 'web', within: '150ms' }, serviceAt(url), {}));
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^web is not healthy after 0\.1 s: HTTP 503\.$/),
      options: { code: 'unhealthy', facts: { detail: 'HTTP 503' } },
    });
  });

  test('of a service without a check succeeds unverified', async () => {
    const bare = contextWith({ service: () => serviceWith() });
    expect(await checkHealth.run({ service: 'redis' }, bare, {})).toEqual({
      summary: 'no health check: unverified',
      unverified: true,
    });
    expect(await checkHealth.preview?.({ service: 'redis' }, bare)).toMatch(/would stay unverified/);
  });

  test('can be made again after a crash', async () => {
    expect(await checkHealth.probe?.({ service: 'web' }, {}, ctx)).toMatchObject({ outcome: 'not_done' });
    expect(checkHealth.idempotent).toBe(true);
  });
});
