import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { resetJson } from '../../../src/api/routes/breakers.js';
import { type ApiServer, startApi } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi();
});
afterEach(() => server.close());

describe('POST /circuit-breaker/{service}/reset', () => {
  test('closes it, and answers with how it is', async () => {
    server.engine.opened.set('redis', { state: 'open' });
    expect((await server.call('GET', '/status')).body.circuit_breakers.redis.state).toBe('open');
    const { status, body } = await server.call('POST', '/circuit-breaker/redis/reset');
    expect(status).toBe(200);
    expect(resetJson.parse(body)).toMatchObject({ service: 'redis', state: 'closed', openings: 0, reason: null });
    expect((await server.call('GET', '/status')).body.circuit_breakers.redis.state).toBe('closed');
  });

  test('does not know a service that is none', async () => {
    expect((await server.call('POST', '/circuit-breaker/rediss/reset')).status).toBe(404);
  });
});
