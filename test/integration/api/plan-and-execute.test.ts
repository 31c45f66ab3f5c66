import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { executionJson } from '../../../src/api/json/execution.js';
import { keptPlanJson } from '../../../src/api/routes/plan.js';
import { type ApiServer, startApi } from '../../support/api-server.js';
import { eventually } from '../../support/eventually.js';

let server: ApiServer;
beforeEach(async () => {
  server = await startApi();
});
afterEach(() => server.close());

const INCIDENT = { id: 'incident-123', timestamp: '2025-10-21T08:00:00Z', severity: 0.9, context: { service: 'web' } };
const plan = (over: object = {}) => server.call('POST', '/plan', { body: { ...INCIDENT, ...over } });
const execute = (body: object) => server.call('POST', '/execute', { body });

describe('POST /plan', () => {
  test('answers with id, steps, risk_score and more', async () => {
    const { status, body } = await plan();
    expect(status).toBe(200);
    expect(keptPlanJson.parse(body)).toMatchObject({ id: 'plan-1', steps: [], risk_score: 0.2, service: 'web' });
  });

  test.each([['2025-10-21T08:00:00+03:00'], ['2025-10-21T08:00:00.123456']])(
    'takes the time %s, as programs write it',
    async (timestamp) => {
      expect((await plan({ timestamp })).status).toBe(200);
    },
  );

  test('lets a context hold anything', async () => {
    const context = JSON.parse('{"service":"web","constructor":{"prototype":1},"cpu":95,"toString":null,"x":[[[1]]]}');
    expect((await plan({ context })).status).toBe(200);
  });

  test.each([
    [{ id: undefined }, 'id'],
    [{ id: 'a\nb' }, 'id'],
    [{ id: 'x'.repeat(201) }, 'id'],
    [{ timestamp: 'yesterday' }, 'timestamp'],
    [{ severity: 1.1 }, 'severity'],
    [{ severity: '0.9' }, 'severity'],
    [{ context: undefined }, 'context'],
    [{ context: [] }, 'context'],
    [{ contxt: {} }, 'contxt'],
  ])('%.60j is a problem that names the field', async (over, field) => {
    expect((await plan(over)).body).toMatchObject({ status: 422, code: 'invalid_input', field });
  });

  test.each([
    ['deep nesting', `{"context":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`, 400],
    ['a NUL', '{"id":"a\\u0000"}', 400],
    ['a prototype', '{"context":{"__proto__":{"service":"web"}}}', 400],
    ['more than 1 MiB', `{"id":"${'x'.repeat(1_048_576)}"}`, 413],
  ])('%s is refused before anything sees it', async (_, body, status) => {
    const headers = { Authorization: 'Bearer tok-ann', 'Content-Type': 'application/json' };
    expect((await fetch(`${server.url}/plan`, { method: 'POST', body, headers })).status).toBe(status);
    expect(server.engine.proposed.size).toBe(0);
  });
});

describe('POST /execute', () => {
  test('waits for the end of its recovery', async () => {
    const { body } = await plan();
    const waiting = execute({ id: body.id, steps: ['restart_service: web'], risk_score: 0.1 });
    await eventually(() => expect(server.engine.listening).toBe(1));
    await server.call('DELETE', '/recoveries/web');
    const { status, headers, body: ended } = await waiting;
    expect([status, headers.get('location')]).toEqual([200, '/recoveries/R-1']);
    expect(executionJson.parse(ended)).toMatchObject({ success: false, id: body.id });
  });

  test('answers 202 at once where people are asked', async () => {
    const { status, body } = await execute({ id: 'mine', steps: ['stop_service: redis'], service: 'redis' });
    expect(status).toBe(202);
    expect(executionJson.parse(body)).toMatchObject({
      success: null,
      logs: [],
      recovery: { state: 'AWAITING_APPROVAL' },
    });
  });

  test('answers 202 after the longest wait', async () => {
    const impatient = await startApi({ limits: { executeWaitMs: 30 } });
    const { status } = await impatient.call('POST', '/execute', { body: { id: 'a', service: 'web', steps: ['x'] } });
    await impatient.close();
    expect(status).toBe(202);
  });

  test.each([
    [{}, 'id'],
    [{ id: 'a', steps: [] }, 'steps.*'],
    [{ id: 'a', steps: 'stop_service: web' }, 'steps'],
    [{ id: 'a', steps: [''] }, 'steps.0'],
    [{ id: 'a', steps: ['  '] }, 'steps.0'],
    [{ id: 'a', steps: ['stop_service: web\nrestart_service: web'] }, 'steps.0'],
    [{ id: 'a', steps: ['ok', { action: 'x' }] }, 'steps.1'],
    [{ id: 'a', steps: Array.from({ length: 10_000 }, () => 'stop_service: web') }, 'steps'],
    [{ id: 'a', steps: ['x'.repeat(20_001)] }, 'steps.0'],
    [{ id: 'a', risk_score: 'low' }, 'risk_score'],
  ])('%.70j is a problem that names the field', async (body, field) => {
    const answer = await execute(body);
    expect(answer.body).toMatchObject({ status: 422, code: 'invalid_input' });
    expect(answer.body.field).toMatch(new RegExp(`^${field}$`));
    expect(server.engine.recoveries).toEqual([]);
  });

  test.each(['/plan', '/execute'])('%s is for responders', async (path) => {
    expect((await server.call('POST', path, { token: 'tok-viewer', body: INCIDENT })).body.code).toBe('forbidden');
    expect((await server.call('POST', path, { token: null, body: INCIDENT })).status).toBe(401);
  });
});
