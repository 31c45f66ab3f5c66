import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { eventStream } from '../../../src/api/event-stream.js';
import { DEFAULT_LIMITS } from '../../../src/api/limits.js';
import { docsRoute } from '../../../src/api/routes/docs.js';
import { routeTable } from '../../../src/api/routes/index.js';
import { openApiRoute } from '../../../src/api/routes/openapi.js';
import { consoleRoutes, consoleSocket } from '../../../src/bot/console/routes.js';
import { ERRORS } from '../../../src/engine/model/errors.js';
import { ROLES, type Role } from '../../../src/engine/model/person.js';
import { createHousekeepingMetrics } from '../../../src/metrics/housekeeping-metrics.js';
import { createInstruments } from '../../../src/metrics/instruments.js';
import { MemoryEngine } from '../../support/api-engine.js';
import { codes, docText, tableRows } from './markdown.js';

const page = docText('docs/http.md');

describe('docs/http.md', () => {
  test('lists every route with who may use it, and no other', () => {
    const rows = tableRows(page, 'Routes').map(([method, path = '', who]) => `${method} ${codes(path)[0]} ${who}`);
    expect(rows.sort()).toEqual(routes().sort());
  });

  test('lists every error with its status', () => {
    const rows = tableRows(page, 'Errors').map(([code = '', status]) => [codes(code)[0], Number(status)]);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(ERRORS).map(([code, { http }]) => [code, http])),
    );
  });

  test('lists every metric', () => {
    const registry = new Registry();
    createInstruments(registry);
    createHousekeepingMetrics(registry, () => Promise.reject(new Error('not asked')));
    const rows = tableRows(page, 'Metrics').flatMap(([names = '']) => codes(names));
    expect(rows.sort()).toEqual(
      registry
        .getMetricsAsArray()
        .map(({ name }) => name)
        .sort(),
    );
  });

  test('has the limits of the code', () => {
    const { bodyBytes, bodyDepth, requests, requestWindowMs, failedLogins, failedLoginWindowMs, requestTimeoutMs } =
      DEFAULT_LIMITS;
    expect([bodyBytes, failedLoginWindowMs]).toEqual([1024 * 1024, 60_000]);
    expect(page).toContain('above 1 MiB');
    expect(page).toContain(
      `above ${requests} requests of a token in ${requestWindowMs / 1_000} s, or ${failedLogins} refused tokens of an address in a minute`,
    );
    expect(page).toContain(`nested ${bodyDepth} levels deep`);
    expect(page).toContain(`within ${requestTimeoutMs / 1_000} s is cut off`);
  });
});

/** `POST /recover/{service} responder`, as the table has it. */
function routes(): string[] {
  const engine = new MemoryEngine();
  const never = (): never => {
    throw new Error('rows are only looked at, not run');
  };
  const doors = {
    me: never,
    channels: never,
    messages: never,
    command: never,
    click: never,
    form: never,
    completions: never,
    home: never,
    stream: never,
  };
  const rows = [
    ...routeTable({
      engine,
      waitForEnd: never,
      limits: DEFAULT_LIMITS,
      scrape: never,
      health: never,
      version: '',
      constitutionalHash: '',
      webhooks: { ...{ knowSender: never, generic: [], bodyDepth: 32 } },
    }),
    docsRoute(),
    openApiRoute(() => ({})),
    ...consoleRoutes(doors),
    ...[eventStream(never, never), consoleSocket(doors)].map((socket) => ({ ...socket, method: 'get' })),
  ];
  return rows.map(({ method, path, access }) => `${method.toUpperCase()} ${path} ${who(access)}`);
}

function who(access: 'public' | 'signed' | readonly Role[]): string {
  if (typeof access === 'string') return access;
  return access.length === ROLES.length ? 'any role' : access.join(', ');
}
