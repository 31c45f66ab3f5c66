import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiServer, startApi } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi({ limits: { failedLogins: 3, requests: 30, forbidden: 5 } });
});
afterEach(() => server.close());

describe('tokens', () => {
  test.each(['/health', '/healthz'])('%s needs none', async (path) => {
    expect((await server.call('GET', path, { token: null })).status).toBe(200);
  });

  test.each([
    '/status',
    '/metrics',
    '/templates',
    '/openapi.json',
    '/recoveries',
    '/recoveries/1',
    '/recoveries/1/events',
  ])('%s needs one', async (path) => {
    const { status, headers, body } = await server.call('GET', path, { token: null });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="reviver"');
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({ code: 'unauthenticated', reason: 'missing', status: 401, instance: path });
  });

  test.each([
    ['tok-unknown', 'unknown'],
    ['tok-old', 'expired'],
    ['two words', 'malformed'],
    ['__proto__', 'unknown'],
  ])('%s is refused as %s', async (token, reason) => {
    const { status, headers, body } = await server.call('POST', '/recover/redis', { token });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(body.reason).toBe(reason);
    expect(JSON.stringify(body)).not.toContain('tok-');
    expect(server.engine.recoveries).toEqual([]);
  });

  test.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer tok-ann, Bearer tok-lee', `Bearer ${'x'.repeat(600)}`])(
    'the header "%.40s" is malformed',
    async (Authorization) => {
      const response = await fetch(`${server.url}/status`, { headers: { Authorization } });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ reason: 'malformed' });
    },
  );

  test('the word Bearer may be written in any case', async () => {
    expect((await fetch(`${server.url}/status`, { headers: { Authorization: 'bearer tok-ann' } })).status).toBe(200);
  });
});

describe('roles', () => {
  test.each([
    ['GET', '/status'],
    ['GET', '/templates'],
    ['GET', '/metrics'],
    ['GET', '/recoveries'],
    ['GET', '/openapi.json'],
  ])('any role may %s %s', async (method, path) => {
    for (const token of ['tok-viewer', 'tok-bot', 'tok-lee'])
      expect((await server.call(method, path, { token })).status).toBe(200);
    expect((await server.call(method, path, { token: 'tok-none' })).status).toBe(403);
  });

  test.each([
    ['POST', '/recover/redis'],
    ['POST', '/recoveries/1/retry'],
    ['POST', '/recoveries/1/rollback'],
    ['POST', '/recoveries/1/mark-done'],
  ])('only a responder may %s %s, and a refusal is recorded', async (method, path) => {
    for (const token of ['tok-viewer', 'tok-lee']) {
      const { status, body } = await server.call(method, path, { token });
      expect(status).toBe(403);
      expect(body).toMatchObject({ code: 'forbidden', need: ['responder'] });
    }
    expect(server.engine.refusals.map(({ who }) => who)).toEqual(['token:board', 'Lee']);
    expect(server.engine.recoveries).toEqual([]);
  });

  test('a token without a person acts under its own name and is no human', async () => {
    await server.call('POST', '/recover/redis', { token: 'tok-bot' });
    expect(server.engine.recoveries[0]?.recovery.requestedBy).toBe('token:ci');
  });
});

describe('rates', () => {
  test('a token with too many requests is told when to come back, others are not held up', async () => {
    const statuses = await Promise.all(Array.from({ length: 40 }, () => server.call('GET', '/templates')));
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(30);
    const refused = statuses.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused?.body).toMatchObject({ code: 'too_many', retry_after_s: expect.any(Number) });
    expect((await server.call('GET', '/templates', { token: 'tok-viewer' })).status).toBe(200);
  });

  test('an address with too many bad tokens gets 429, and a good token from it still works', async () => {
    for (const n of [1, 2, 3]) expect((await server.call('GET', '/status', { token: `bad-${n}` })).status).toBe(401);
    const { status, headers } = await server.call('GET', '/status', { token: 'bad-4' });
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await server.call('GET', '/status')).status).toBe(200);
    expect(server.logged.map(({ level, message, facts }) => ({ level, message, facts }))).toEqual(
      Array(3).fill({
        level: 'warn',
        message: 'api:token_refused',
        facts: { reason: 'unknown', address: expect.stringContaining('127.0.0.1') },
      }),
    );
    expect(JSON.stringify(server.logged)).not.toContain('bad-');
  });

  test('a thousand requests without a good token are few entries of the audit, whose numbers sum to a thousand', async () => {
    const without = { token: null };
    for (let n = 0; n < 100; n += 1)
      await Promise.all([
        ...Array.from({ length: 5 }, (_, k) => server.call('POST', '/recover/redis', { token: `bad-${n}-${k}` })),
        ...Array.from({ length: 3 }, () => server.call('GET', '/status', { token: 'tok-old' })),
        ...Array.from({ length: 2 }, () => server.call('GET', '/status', without)),
      ]);
    // A good one of the same address is not held back.
    expect((await server.call('GET', '/status')).status).toBe(200);
    expect(server.engine.recoveries).toEqual([]);
    const told = () => server.engine.refusals.map(({ who, facts }) => [who, facts.reason, facts.times]);
    expect(told().sort()).toEqual([
      ['token:old', 'expired', 1],
      ['unknown', 'missing', 1],
      ['unknown', 'unknown', 1],
    ]);
    await server.close();
    expect(told().slice(3).sort()).toEqual([
      ['token:old', 'expired', 299],
      ['unknown', 'missing', 199],
      ['unknown', 'unknown', 499],
    ]);
    server = await startApi({});
  }, 60_000);

  test('whoever is forbidden the same again and again is not heard, nor recorded, for a while; other doors stay open', async () => {
    const viewer = { token: 'tok-viewer' };
    for (let n = 0; n < 5; n += 1) expect((await server.call('POST', '/recover/redis', viewer)).status).toBe(403);
    const { status, headers } = await server.call('POST', '/recover/redis', viewer);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(server.engine.refusals).toHaveLength(5);
    expect((await server.call('POST', '/recoveries/1/cancel', viewer)).status).toBe(403);
    expect((await server.call('GET', '/status', viewer)).status).toBe(200);
    expect((await server.call('POST', '/recover/redis')).status).toBe(202);
  });
});
