import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ApiServer, startApi } from '../../support/api-server.js';

interface Operation {
  operationId: string;
  summary: string;
  security?: unknown[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: { properties: object; additionalProperties: boolean } }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: { $ref?: string } }> }>;
}

const WEBHOOKS = ['alertmanager', 'grafana', 'pagerduty', 'generic'].map((name) => `/webhooks/${name}`);

let server: ApiServer;
let document: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object; securitySchemes: object };
  security: unknown;
};
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  server = await startApi();
  document = (await server.call('GET', '/openapi.json')).body;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
});
afterAll(() => server.close());

describe('the API document', () => {
  test('names every route, itself and the WebSocket', () => {
    const verbs = ['approve', 'reject', 'cancel', 'retry', 'mark-done', 'rollback', 'undo', 'escalate', 'ack'];
    expect(operations.map(({ path, method }) => `${method} ${path}`).sort()).toEqual(
      [
        ...[
          '/health',
          '/healthz',
          '/status',
          '/metrics',
          '/templates',
          '/openapi.json',
          '/docs',
          '/audit',
          '/ws/events',
        ].map((path) => `get ${path}`),
        'post /circuit-breaker/{service}/reset',
        'post /recover/{service}',
        'post /drills/{service}',
        'post /admin/cache/warmup',
        'post /plan',
        'post /execute',
        'get /recoveries',
        'get /snapshots/{service}',
        'get /policies/{service}',
        'put /policies/{service}',
        'get /recoveries/{id}',
        'delete /recoveries/{id}',
        'get /recoveries/{id}/events',
        'get /recoveries/{id}/why',
        'get /recoveries/{id}/postmortem',
        'get /history',
        'post /recoveries/{id}/rating',
        'post /recoveries/{id}/notes',
        'delete /recoveries/{id}/notes/{note}',
        'post /alerts/acknowledge/{id}',
        ...WEBHOOKS.map((path) => `post ${path}`),
        ...verbs.map((verb) => `post /recoveries/{id}/${verb}`),
      ].sort(),
    );
  });

  test('is OpenAPI 3.1 with a bearer token as the rule', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
    expect(document.security).toEqual([{ bearer: [] }]);
    const open = operations.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path);
    expect(open).toEqual(['/health', '/healthz', ...WEBHOOKS, '/docs']);
  });

  test('has no two paths that are one', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/g, '{}'));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  test('has an id of its own for each operation', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[a-z][A-Za-z]+$/.test(id))).toBe(true);
  });

  test('declares each parameter of each path, as required', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name)).toEqual(inPath);
      expect(declared.every(({ required }) => required)).toBe(true);
      for (const parameter of operation.parameters) expect(parameter.schema).toHaveProperty('type');
    }
  });

  test('has a description for each answer, and problem documents for each refusal', () => {
    for (const { path, operation } of operations) {
      expect(operation.summary).not.toBe('');
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(answer.description).not.toBe('');
        if (Number(status) < 400 || path === '/health') continue;
        expect(answer.content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        });
      }
      expect(operation.responses).toHaveProperty(path === '/health' ? '503' : '422');
    }
  });

  test('refers only to what is there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(new Set(references)).toEqual(new Set(known.filter((name) => references.includes(name))));
    expect(known).toEqual(expect.arrayContaining(['#/components/schemas/Recovery', '#/components/schemas/Problem']));
  });

  test('shows which fields a body may have', () => {
    const body = document.paths['/recover/{service}']?.post?.requestBody?.content['application/json']?.schema;
    expect(Object.keys(body?.properties ?? {})).toEqual([
      'strategy',
      'reason',
      'dry_run',
      'runbook',
      'params',
      'priority',
    ]);
    expect(body?.additionalProperties).toBe(false);
  });
});
