import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { Connection } from './connect.js';

export interface ClusterRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the server's address: `/apis/apps/v1/namespaces/shop/deployments/web`. */
  path: string;
  query?: Record<string, string | number | boolean>;
  body?: unknown;
  /** What is wanted instead of all of it: an `Accept` header. */
  accept?: string;
}

/** Whoever changes something is told so in `managedFields`. */
const FIELD_MANAGER = 'reviver';

/** Resolves when the answer begins. */
export async function send(to: Connection, request: ClusterRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { method = 'GET', path, query = {}, body, accept = 'application/json' } = request;
  const url = new URL(to.server.href.replace(/\/$/, '') + path);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, String(value));
  if (method === 'POST' || method === 'PUT') url.searchParams.set('fieldManager', FIELD_MANAGER);
  const own: RequestOptions = await to.options();
  const content = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...own.headers,
    accept,
    'user-agent': FIELD_MANAGER,
    ...(content === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) }),
  };
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const over = url.protocol === 'https:' ? overHttps : overHttp;
    const sent = over(url, { ...own, method, headers, signal }, resolve);
    sent.once('error', reject);
    sent.end(content);
  });
}

export async function eachLine(answer: IncomingMessage, each: (line: string) => void): Promise<void> {
  answer.setEncoding('utf8');
  let rest = '';
  for await (const part of answer) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) each(line);
  }
}

export async function read(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const part of answer) text += part;
  return text;
}
