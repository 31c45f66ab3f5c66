import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { problemJson } from '../../../src/api/problem.js';
import { type ApiServer, startApi } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi({ limits: { headersTimeoutMs: 200, requestTimeoutMs: 400 } });
});
afterEach(() => server.close());

const AUTH = { Authorization: 'Bearer tok-ann' };

async function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const all = { ...AUTH, 'Content-Type': 'application/json', ...headers };
  const response = await fetch(server.url + path, { method: 'POST', body, headers: all });
  return { status: response.status, body: problemJson.parse(await response.json()) };
}

/** Sends a path as it is: fetch would tidy it. */
function rawPath(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, path, headers: AUTH }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    });
    sent.on('error', reject).end();
  });
}

/** Writes bytes and gives what came back when the server hung up. */
function rawBytes(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk;
    });
    socket.on('close', () => resolve(got)).on('error', reject);
  });
}

describe('bodies', () => {
  test.each(['{"strategy":', 'null', '"restart"', 'strategy=restart'])('%s is malformed', async (text) => {
    expect(await post('/recover/redis', text)).toMatchObject({ status: 400, body: { code: 'malformed' } });
  });

  test('the bytes of the client are not quoted', async () => {
    expect(JSON.stringify(await post('/recover/redis', '{"token": s3cret}'))).not.toContain('s3cret');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', ''])(
    '%s is not JSON',
    async (type) => {
      const body = new TextEncoder().encode('{}');
      expect(await post('/recover/redis', body, { 'Content-Type': type })).toMatchObject({
        status: 415,
        body: { code: 'unsupported_media' },
      });
    },
  );

  test('compressed bodies are refused, so that none can unfold', async () => {
    expect((await post('/recover/redis', '{}', { 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  test('1 MiB is the most', async () => {
    const body = (bytes: number) => JSON.stringify({ params: { text: 'x'.repeat(bytes - 22) } });
    expect(await post('/recover/redis', body(1_048_577))).toMatchObject({ status: 413, body: { code: 'too_large' } });
    const response = await fetch(`${server.url}/recover/redis`, {
      method: 'POST',
      body: body(1_048_576),
      headers: { ...AUTH, 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(202);
  });

  test.each([
    ['deep nesting', `{"params":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a NUL', '{"reason":"a\\u0000b"}'],
    ['half a character', '{"reason":"\\ud800"}'],
    ['a prototype', '{"params":{"__proto__":{"admin":true}}}'],
  ])('%s is refused before anything sees it', async (_, body) => {
    expect((await post('/recover/redis', body)).status).toBe(400);
    expect(server.engine.recoveries).toEqual([]);
  });

  test('a whole emoji is fine', async () => {
    expect((await server.call('POST', '/recover/redis', { body: { reason: 'down 🔥' } })).body.reason).toBe('down 🔥');
  });
});

describe('fields', () => {
  test.each([
    [{ priority: 11 }, 'priority', '11', '1 (first) to 10'],
    [{ priority: '1' }, 'priority', '"1"', 'whole number'],
    [{ priority: 1.5 }, 'priority', '1.5', 'whole number'],
    [{ strategy: '' }, 'strategy', '""', 'name of a strategy'],
    [{ params: [] }, 'params', '[]', 'object'],
    [{ reason: 'x'.repeat(501) }, 'reason', '...', '500 characters'],
    [{ dry_run: 'yes' }, 'dry_run', '"yes"', 'true'],
  ])('%.60j is refused with field, value and what is allowed', async (given, field, value, allowed) => {
    const { status, body } = await server.call('POST', '/recover/redis', { body: given });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'invalid_input', field });
    expect(body.value).toContain(value);
    expect(body.allowed).toContain(allowed);
    expect(body.detail).toContain(field);
    expect(server.engine.recoveries).toEqual([]);
  });

  test('an unknown one is refused with what was probably meant', async () => {
    const { status, body } = await server.call('POST', '/recover/redis', { body: { stratgy: 'restart' } });
    expect(status).toBe(422);
    expect(body).toMatchObject({ field: 'stratgy', suggestion: 'strategy' });
    expect(body.detail).toContain('Did you mean "strategy"?');
  });

  test('all bad ones are named at once', async () => {
    const { body } = await server.call('POST', '/recover/redis', { body: { priority: 0, dry_run: 1, zzz: true } });
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual(['dry_run', 'priority', 'zzz']);
  });

  test('verbs take none', async () => {
    expect((await server.call('POST', '/recoveries/1/ack', { body: { why: 1 } })).body).toMatchObject({
      status: 422,
      allowed: 'no field at all',
    });
  });

  test.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'limit=1&limit=2',
    'state=BROKEN',
    'cursor=abc',
    'sort=up',
    'service=%00',
    '__proto__=1',
  ])('the query %s is refused', async (query) => {
    expect((await server.call('GET', `/recoveries?${query}`)).body).toMatchObject({
      status: 422,
      code: 'invalid_input',
    });
  });

  test('an array as body is not an object', async () => {
    expect((await server.call('POST', '/recover/redis', { body: [1] })).body).toMatchObject({
      status: 422,
      field: 'body',
    });
  });
});

describe('paths', () => {
  test.each([
    ['/recoveries/%00', 422],
    ['/recoveries/..%2f..%2fetc%2fpasswd', 422],
    [`/recoveries/${'9'.repeat(4_000)}`, 422],
    ['/recoveries/R-1%0d%0aX-Evil:%201', 422],
    ['/recoveries/-1', 422],
    ['/recoveries/1.5', 422],
    ['/recoveries/%', 400],
    ['/recoveries/%c0%af', 400],
    ['/recoveries/../status', 404],
    ['/../../etc/passwd', 404],
    ['/constructor', 404],
    ['//evil.example/status', 404],
    [`/${'x'.repeat(20_000)}`, 431],
  ])('%.50s is %d', async (path, expected) => {
    const { status, body } = await rawPath(path);
    expect(status).toBe(expected);
    expect(problemJson.parse(JSON.parse(body)).status).toBe(expected);
    expect(server.logged).toEqual([]);
  });

  test.each(['..%2f..%2fetc', '%00', 'a%0d%0ab', '%E2%80%AE', 'x'.repeat(200)])(
    'no service can be named %.20s',
    async (name) => {
      expect((await server.call('POST', `/recover/${name}`)).status).toBe(422);
      expect((await server.call('DELETE', `/recoveries/${name}`)).status).toBe(422);
    },
  );

  test('an unknown one is 404, another method is 405 with Allow', async () => {
    expect((await server.call('GET', '/nothing')).body).toMatchObject({ status: 404, code: 'not_found' });
    const wrong = await server.call('PUT', '/recoveries/R-1');
    expect(wrong.body).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(wrong.headers.get('allow')).toBe('GET, DELETE');
    expect((await server.call('GET', '/recover/redis')).headers.get('allow')).toBe('POST');
  });
});

describe('what goes wrong inside', () => {
  test('is told with an id that the log has, and without its cause', async () => {
    server.engine.failure = new Error('password=hunter2 at /srv/app.ts');
    const { status, body } = await server.call('GET', '/status');
    expect(status).toBe(500);
    expect(problemJson.parse(body)).toMatchObject({ code: 'internal', title: 'Internal error' });
    expect(JSON.stringify(body)).not.toMatch(/hunter2|app\.ts|Error:/);
    expect(server.logged).toMatchObject([{ level: 'error', message: 'api:internal_error', facts: { id: body.id } }]);
  });

  test('tokens are in no log', async () => {
    server.engine.failure = new Error('boom');
    await server.call('GET', '/status');
    expect(JSON.stringify(server.logged)).not.toContain('tok-ann');
  });
});

describe('clients that do not play along', () => {
  test('one that never ends its headers is cut off', async () => {
    const answer = await rawBytes('GET /health HTTP/1.1\r\nHost: x\r\n');
    expect(answer).toContain('HTTP/1.1 408');
    expect(answer).toContain('application/problem+json');
  });

  test('one that never ends its body is cut off', async () => {
    const head = 'POST /recover/redis HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer tok-ann\r\n';
    await rawBytes(`${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"reason":`);
    expect(server.engine.recoveries).toEqual([]);
  });

  test('one that was answered before it ended is cut off without a second answer', async () => {
    const answer = await rawBytes('HEAD /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n(?!.*HTTP\/1\.1).*\r\n\r\n$/s);
  });

  test('one that speaks another language gets a problem document', async () => {
    expect(await rawBytes('\x16\x03\x01 hello\r\n\r\n')).toContain('HTTP/1.1 400 Malformed request');
  });

  test('two lengths are not a request', async () => {
    const head = 'POST /recover/redis HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await rawBytes(`${head}0\r\n\r\n`)).toContain('HTTP/1.1 400');
  });
});
