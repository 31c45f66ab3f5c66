import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiServer, startApi } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi();
});
afterEach(() => server.close());

const put = (body: object, headers: Record<string, string> = {}) =>
  server.call('PUT', '/policies/redis', { token: 'tok-lee', body, headers });
const tag = async () => (await server.call('GET', '/policies/redis')).headers.get('etag') ?? '';

describe('the policy of a service', () => {
  test('is the default of the document until somebody sets it', async () => {
    const { status, body, headers } = await server.call('GET', '/policies/redis');
    expect(status).toBe(200);
    expect(headers.get('etag')).toMatch(/^"[0-9a-f]{16}"$/);
    expect(body).toEqual({
      service: 'redis',
      strategy: 'exponential_backoff',
      max_retry_attempts: 5,
      initial_delay_ms: 1_000,
      backoff_multiplier: 2,
      max_delay_ms: 60_000,
      source: 'default',
      version: 0,
      set_by: null,
      set_at: null,
      constitutional_hash: 'cdd01ef066bc6cf2',
    });
  });

  test('is set as a whole by a lead, and shown with who did', async () => {
    const { status, body } = await put({ max_retry_attempts: 10, initial_delay_ms: 100, backoff_multiplier: 1.5 });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      max_retry_attempts: 10,
      backoff_multiplier: 1.5,
      max_delay_ms: 60_000,
      set_by: 'Lee',
    });
    expect((await server.call('GET', '/policies/redis')).body).toEqual(body);
  });

  test('is not set by others', async () => {
    for (const token of ['tok-viewer', 'tok-bot', 'tok-ann'])
      expect((await server.call('PUT', '/policies/redis', { token, body: {} })).status).toBe(403);
  });

  test.each([
    ['max_retry_attempts', { max_retry_attempts: 0 }],
    ['backoff_multiplier', { backoff_multiplier: 0.9 }],
    ['initial_delay_ms', { initial_delay_ms: -1 }],
    ['max_delay_ms', { initial_delay_ms: 500, max_delay_ms: 499 }],
    ['strategy', { strategy: 'hope' }],
    ['max_retry_attempt', { max_retry_attempt: 3 }],
  ])('is refused with a bad %s', async (field, bad) => {
    const { status, body } = await put(bad);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'invalid_input', field });
  });

  test('is refused under another constitutional hash', async () => {
    expect((await put({ constitutional_hash: 'invalid' })).body).toMatchObject({ status: 403, code: 'constitution' });
  });

  test('of a service that is not known is 404 with a suggestion', async () => {
    expect((await server.call('GET', '/policies/rediss')).body).toMatchObject({ status: 404, suggestion: 'redis' });
  });
});

describe('ETag', () => {
  test('GET with the known one is 304 without a body', async () => {
    const answer = await server.call('GET', '/policies/redis', { headers: { 'If-None-Match': await tag() } });
    expect([answer.status, answer.body]).toEqual([304, '']);
  });

  test('what somebody has set is replaced only by who says what they replace', async () => {
    expect((await put({ max_retry_attempts: 3 })).status).toBe(200);
    const seen = await tag();
    expect((await put({ max_retry_attempts: 4 })).body).toMatchObject({ status: 428, code: 'precondition_required' });
    expect((await put({ max_retry_attempts: 4 }, { 'If-Match': '"another"' })).status).toBe(412);
    expect((await put({ max_retry_attempts: 4 }, { 'If-Match': `W/${seen}` })).status).toBe(412);
    expect((await put({ max_retry_attempts: 4 }, { 'If-None-Match': '*' })).status).toBe(412);
    expect((await put({ max_retry_attempts: 4 }, { 'If-Match': seen })).status).toBe(200);
    const late = await put({ max_retry_attempts: 5 }, { 'If-Match': seen });
    expect(late.body).toMatchObject({ status: 412, code: 'precondition_failed', version: 2 });
    expect((await put({ max_retry_attempts: 5 }, { 'If-Match': '*' })).status).toBe(200);
  });

  test('what GET gave may be changed and sent back', async () => {
    const { body } = await server.call('GET', '/policies/redis');
    const answer = await put({ ...body, strategy: 'manual' }, { 'If-Match': await tag() });
    expect(answer.body).toMatchObject({ strategy: 'manual', version: 1, source: 'set' });
  });
});
