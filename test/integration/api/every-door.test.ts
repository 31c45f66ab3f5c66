import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiServer, startApi } from '../../support/api-server.js';

/** Every row of the API document, so that a new one is looked at without a test of its own. */
let server: ApiServer;
let doors: { method: string; path: string }[];
const OPEN = ['/health', '/healthz', '/docs'];

beforeAll(async () => {
  server = await startApi({ limits: { forbidden: 1_000, failedLogins: 10_000 } });
  const { body } = await server.call('GET', '/openapi.json');
  doors = Object.entries<object>(body.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter(() => !OPEN.includes(path) && !path.startsWith('/webhooks/') && !path.startsWith('/ws/'))
      .map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, '1') })),
  );
});
afterAll(() => server.close());

describe('every route that is not public', () => {
  test.each([
    ['no token', null, 401, 'missing'],
    ['a wrong token', 'tok-unknown', 401, 'unknown'],
    ['an expired token', 'tok-old', 401, 'expired'],
    ['a token without a role', 'tok-none', 403, undefined],
  ])('is shut to %s, under /v1 too', async (_, token, status, reason) => {
    for (const { method, path } of doors)
      for (const prefix of ['', '/v1']) {
        const answer = await server.call(method, prefix + path, { token });
        expect({ method, path, status: answer.status, reason: answer.body.reason }).toEqual({
          method,
          path,
          status,
          reason,
        });
      }
    expect(server.engine.recoveries).toEqual([]);
  });

  test('that changes something is shut to who may only look', async () => {
    const writes = doors.filter(({ method, path }) => method !== 'GET' && !/(approve|reject)$/.test(path));
    for (const { method, path } of writes)
      expect({ path, status: (await server.call(method, path, { token: 'tok-viewer' })).status }).toEqual({
        path,
        status: 403,
      });
  });
});

describe('headers', () => {
  test.each([
    ['idempotency-key', 'a\u00e9b', 400],
    ['idempotency-key', '<script>', 202],
    ['if-match', '"\u00ff', 202],
    ['prefer', `wait=${'9'.repeat(400)}`, 202],
    ['host', 'evil.example', 202],
    ['x-forwarded-host', 'evil.example', 202],
    ['x-http-method-override', 'DELETE', 202],
  ])('%s: %.20s changes nothing that is said or where links lead', async (name, value, expected) => {
    const { status, headers, text } = await post('/recover/web', { [name]: value });
    expect(status).toBe(expected);
    expect(`${JSON.stringify(headers)} ${text}`).not.toMatch(/evil\.example|<script>/);
    if (status === 202) expect(headers.location).toMatch(/^\/recoveries\/R-\d+$/);
    server.engine.recoveries.splice(0);
  });

  test('a version before a foreign address leads nowhere', async () => {
    expect((await post('/v1//evil.example/recover/web', {})).status).toBe(404);
    expect((await post('/v1/../v1/recover/web', {})).status).toBe(404);
    expect((await post('/v1/v1/recover/web', {})).status).toBe(404);
  });
});

/** As it is: nothing makes the path or the headers proper. */
function post(path: string, headers: Record<string, string>) {
  return new Promise<{ status?: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const all = { authorization: 'Bearer tok-ann', ...headers };
    const sending = request({ port: server.port, host: '127.0.0.1', method: 'POST', path, headers: all }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.once('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    sending.once('error', reject);
    sending.end();
  });
}
