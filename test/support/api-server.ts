import { type Api, type ApiOptions, createApi } from '../../src/api/api.js';
import type { TokenOwner } from '../../src/api/authentication.js';
import type { HealthReport } from '../../src/api/json/health.js';
import { MemoryEngine } from './api-engine.js';
import { answersInMemory } from './memory-answers.js';

export const TOKENS = new Map<string, TokenOwner>(
  Object.entries({
    'tok-viewer': { name: 'board', roles: ['viewer'], expired: false },
    'tok-bot': { name: 'ci', roles: ['responder'], expired: false },
    'tok-ann': { name: 'ann-laptop', roles: ['responder', 'approver'], person: 'ANN', expired: false },
    'tok-lee': { name: 'lee-laptop', roles: ['approver', 'lead'], person: 'Lee', expired: false },
    'tok-admin': { name: 'ops', roles: ['admin'], expired: false },
    'tok-none': { name: 'bare', roles: [], expired: false },
    'tok-old': { name: 'old', roles: ['admin', 'responder'], expired: true },
  } satisfies Record<string, TokenOwner>),
);

export interface ApiServer {
  api: Api;
  engine: MemoryEngine;
  port: number;
  url: string;
  report: HealthReport;
  logged: { level: string; message: string; facts?: object }[];
  requests: { method: string; route: string; status: number }[];
  /** One request, with Ann's token unless another, or null for none, is given. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface CallOptions {
  token?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies whose form the schemas of the API check
  body: any;
}

/** The API on a free port of 127.0.0.1, over an engine in memory. */
export async function startApi(options: Partial<ApiOptions> = {}): Promise<ApiServer> {
  const engine = new MemoryEngine();
  const report: HealthReport = {
    able: true,
    checks: { postgres: { ok: true, detail: '' }, redis: { ok: true, detail: '' } },
  };
  const logged: ApiServer['logged'] = [];
  const requests: ApiServer['requests'] = [];
  const api = createApi({
    engine,
    tokens: { resolve: async (token) => TOKENS.get(token) },
    health: async () => report,
    version: '1.2.3',
    constitutionalHash: 'cdd01ef066bc6cf2',
    scrape: async () => ({ type: 'text/plain; version=0.0.4', text: 'up 1\n' }),
    subscribe: engine.subscribe,
    answers: answersInMemory(),
    log: (level, message, facts) => logged.push({ level, message, facts }),
    onRequest: (request) => requests.push(request),
    ...options,
  });
  const port = await api.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const call: ApiServer['call'] = async (method, path, { token = 'tok-ann', body, headers: given = {} } = {}) => {
    const headers: Record<string, string> = { ...given };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const response = await fetch(url + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
  };
  return { api, engine, port, url, report, logged, requests, call, close: () => api.close() };
}
