import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ApiServer, startApi } from '../../support/api-server.js';
import { anIncident } from '../../unit/engine/use-cases/memory-ports.js';

/** The endpoints of the source documents, by their text. What each does for real is tested where it is at home. */
let server: ApiServer;
beforeEach(async () => {
  server = await startApi();
});
afterEach(() => server.close());

describe('recovery planner', () => {
  test('POST /plan: "Генерация плана восстановления" answers id, steps and risk_score', async () => {
    const body = {
      id: 'incident-123',
      timestamp: '2025-10-21T08:00:00Z',
      severity: 0.9,
      context: { cpu: 95, service: 'redis' },
    };
    const answer = await server.call('POST', '/plan', { body });
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { id: expect.any(String), steps: expect.any(Array), risk_score: expect.any(Number) },
    ]);
  });

  test('GET /templates: "Список доступных шаблонов восстановления" is an array of id, name, description, steps', async () => {
    expect((await server.call('GET', '/templates')).body).toMatchObject([
      {
        id: 'redis_outage',
        name: 'redis_outage',
        description: 'Plan for Redis failure',
        steps: ['stop_service: redis', 'restore_backup: redis_backup', 'start_service: redis'],
      },
    ]);
  });

  test('POST /execute: "Запуск плана восстановления" takes id and risk_score, and tells success and logs', async () => {
    const { body: plan } = await server.call('POST', '/plan', {
      body: { id: 'incident-1', timestamp: '2025-10-21T08:00:00Z', severity: 0.9, context: { service: 'redis' } },
    });
    const answer = await server.call('POST', '/execute', {
      body: { id: plan.id, risk_score: 0.1 },
      headers: { Prefer: 'respond-async' },
    });
    expect([answer.status, answer.body]).toMatchObject([202, { success: null, logs: expect.any(Array) }]);
  });
});

describe('self-healing system', () => {
  test.each([
    ['System health check', 'GET', '/health', undefined],
    ['Comprehensive system status', 'GET', '/status', undefined],
    ['Prometheus metrics', 'GET', '/metrics', undefined],
    ['Force service recovery', 'POST', '/recover/web', { strategy: 'restart', reason: 'manual' }],
    ['Reset circuit breaker', 'POST', '/circuit-breaker/web/reset', undefined],
    ['List service snapshots', 'GET', '/snapshots/web', undefined],
  ])('%s: %s %s', async (_, method, path, body) => {
    const { status } = await server.call(method, path, body ? { body } : {});
    expect([200, 202]).toContain(status);
  });

  test('what troubleshooting looks for with jq and grep is there', async () => {
    const { body } = await server.call('GET', '/status');
    expect(body.services.web).toMatchObject({ health: 'healthy' });
    const breaker = server.engine.services().find(({ name }) => name in body.circuit_breakers)?.name ?? '';
    expect(['closed', 'open', 'half_open']).toContain(body.circuit_breakers[breaker].state);
    expect((await server.call('POST', `/circuit-breaker/${breaker}/reset`)).body).toMatchObject({ state: 'closed' });
  });

  test('Acknowledge alert: POST /alerts/acknowledge/{id}', async () => {
    server.engine.incidents.set(3, anIncident());
    expect((await server.call('POST', '/alerts/acknowledge/3')).body).toMatchObject({ state: 'acknowledged' });
    expect((await server.call('POST', '/alerts/acknowledge/7')).body).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('operations', () => {
  test('"запустить POST /admin/cache/warmup (если доступно)"', async () => {
    expect((await server.call('POST', '/admin/cache/warmup', { token: 'tok-admin' })).status).toBe(200);
  });

  test('"убедиться в доступности через /healthz"', async () => {
    expect((await server.call('GET', '/healthz', { token: null })).status).toBe(200);
  });
});

describe('recovery orchestrator', () => {
  test('set_recovery_policy and get_recovery_policy: the policy of a service, or the default if not set', async () => {
    expect((await server.call('GET', '/policies/web')).body).toMatchObject({
      max_retry_attempts: 5,
      backoff_multiplier: 2,
    });
    const policy = { max_retry_attempts: 10, initial_delay_ms: 100, backoff_multiplier: 1.5 };
    await server.call('PUT', '/policies/web', { token: 'tok-lee', body: policy });
    expect((await server.call('GET', '/policies/web')).body).toMatchObject(policy);
  });

  test('get_recovery_status has the members of the document', async () => {
    const { body } = await server.call('GET', '/status');
    for (const member of [
      'constitutional_hash',
      'timestamp',
      'orchestrator_running',
      'active_recoveries',
      'queued_recoveries',
    ])
      expect(body).toHaveProperty(member);
    expect(body.recent_history).toEqual([]);
    for (const member of [
      'state',
      'priority',
      'attempt_count',
      'max_attempts',
      'scheduled_at',
      'last_attempt_at',
      'next_attempt_at',
    ])
      expect(body.services.web).toHaveProperty(member);
  });

  test('cancel_recovery: DELETE /recoveries/{service} cancels the active one, and is 404 where there is none', async () => {
    await server.call('POST', '/recover/web', { body: {} });
    expect((await server.call('DELETE', '/recoveries/web')).body).toMatchObject({ state: 'CANCELLED' });
    expect((await server.call('DELETE', '/recoveries/web')).status).toBe(404);
  });
});
