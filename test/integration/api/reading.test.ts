import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { healthJson } from '../../../src/api/json/health.js';
import { statusJson } from '../../../src/api/json/status.js';
import { createMetricsServer } from '../../../src/api/metrics-server.js';
import { templatesJson } from '../../../src/api/routes/templates.js';
import { type ApiServer, startApi } from '../../support/api-server.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi();
});
afterEach(() => server.close());

describe('GET /health', () => {
  test('is healthy when every part is', async () => {
    const { status, body } = await server.call('GET', '/health', { token: null });
    expect(status).toBe(200);
    expect(healthJson.parse(body)).toMatchObject({
      status: 'healthy',
      version: '1.2.3',
      constitutional_hash: 'cdd01ef066bc6cf2',
      checks: { postgres: { status: 'ok' } },
    });
  });

  test('is degraded, and still 200, without Redis', async () => {
    server.report.checks.redis = { ok: false, detail: 'connection refused' };
    const { status, body } = await server.call('GET', '/health', { token: null });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'degraded',
      checks: { redis: { status: 'down', detail: 'connection refused' } },
    });
  });

  test('is 503 when nothing can be done', async () => {
    server.report.able = false;
    const { status, body } = await server.call('GET', '/health', { token: null });
    expect(status).toBe(503);
    expect(healthJson.parse(body).status).toBe('unhealthy');
  });
});

describe('GET /status', () => {
  test('has every service, its breaker and its recovery', async () => {
    await server.call('POST', '/recover/redis');
    const { body } = await server.call('GET', '/status');
    expect(statusJson.parse(body)).toMatchObject({
      constitutional_hash: 'cdd01ef066bc6cf2',
      orchestrator_running: true,
      active_recoveries: 1,
      services: {
        redis: {
          state: 'AWAITING_APPROVAL',
          health: 'healthy',
          recovery: 'R-1',
          strategy: 'restart',
          attempt_count: 1,
          max_attempts: 3,
        },
        web: { state: 'IDLE', recovery: null, attempt_count: 0, scheduled_at: null },
      },
      circuit_breakers: {
        redis: { state: 'closed', enabled: true, error_rate: 0 },
        web: { state: 'closed', enabled: true, error_rate: 0 },
      },
      recent_history: [],
    });
  });

  test('tells the past in the form of the Recovery Orchestrator document', async () => {
    await server.call('POST', '/recover/web');
    await server.call('DELETE', '/recoveries/web');
    const { body } = await server.call('GET', '/status');
    expect(statusJson.parse(body).recent_history).toMatchObject([
      {
        service_name: 'web',
        state: 'cancelled',
        elapsed_time_ms: expect.any(Number),
        recovery: 'R-1',
        strategy: 'restart',
      },
    ]);
  });
});

test('GET /templates lists runbooks as the planner document does', async () => {
  const { body } = await server.call('GET', '/templates');
  expect(templatesJson.parse(body)[0]).toMatchObject({
    id: 'redis_outage',
    name: 'redis_outage',
    description: 'Plan for Redis failure',
    steps: ['stop_service: redis', 'restore_backup: redis_backup', 'start_service: redis'],
  });
});

test('GET /healthz is ok, and answers tell browsers not to guess or keep', async () => {
  const { body, headers } = await server.call('GET', '/healthz', { token: null });
  expect(body).toEqual({ status: 'ok' });
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-powered-by')).toBeNull();
});

describe('metrics', () => {
  test('are given to a token on the main port', async () => {
    const { body, headers } = await server.call('GET', '/metrics', { token: 'tok-viewer' });
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toBe('up 1\n');
  });

  test('are given to anybody on the metrics port, and nothing else is', async () => {
    const metrics = createMetricsServer(async () => ({ type: 'text/plain', text: 'up 1\n' }));
    try {
      const url = `http://127.0.0.1:${await metrics.listen(0, '127.0.0.1')}`;
      expect(await (await fetch(`${url}/metrics`)).text()).toBe('up 1\n');
      expect((await fetch(`${url}/status`)).status).toBe(404);
      expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
    } finally {
      await metrics.close();
    }
  });

  test('count each request under the path of its route', async () => {
    await server.call('GET', '/recoveries/R-7');
    await server.call('GET', '/nothing/here');
    await server.call('POST', '/recoveries/R-7', { token: null });
    expect(server.requests).toMatchObject([
      { method: 'GET', route: '/recoveries/{id}', status: 404 },
      { method: 'GET', route: 'other', status: 404 },
      { method: 'POST', route: 'other', status: 405 },
    ]);
  });
});

describe('what others mount', () => {
  test('gets the requests below its path, and authenticates by itself', async () => {
    const own = await startApi({ mounts: [{ path: '/console', handle: (req, res) => res.end(`console ${req.url}`) }] });
    try {
      expect((await own.call('GET', '/console/page?x=1', { token: null })).body).toBe('console /page?x=1');
    } finally {
      await own.close();
    }
  });
});

test('a port that is taken is said so', async () => {
  const second = await startApi();
  try {
    await expect(second.api.listen(server.port, '127.0.0.1')).rejects.toThrow();
  } finally {
    await second.close();
  }
});
