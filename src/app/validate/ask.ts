import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { UserError } from '../../engine/model/errors.js';

export interface Answer {
  status: number;
  /** Parsed where it is JSON; else undefined. */
  body: unknown;
  text: string;
  headers: Headers;
  tookMs: number;
}

export interface Asked {
  (method: string, path: string, options?: { body?: unknown; token?: string | null }): Promise<Answer>;
  /** The status of an upgrade to WebSocket: 101 when it was taken. */
  upgrade(path: string): Promise<number>;
}

const WITHIN_MS = 15_000;

/** Asks a running Reviver over HTTP. `token: null` asks without one. */
export function createAsk(base: string, token: string, signal: AbortSignal): Asked {
  const ask: Pick<Asked, 'upgrade'> & ((...of: Parameters<Asked>) => Promise<Answer>) = async (
    method,
    path,
    options = {},
  ) => {
    const { body, token: other = token } = options;
    const began = performance.now();
    const response = await fetch(new URL(path, base), {
      method,
      headers: {
        ...(other === null ? {} : { authorization: `Bearer ${other}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]),
    }).catch((error: unknown) => {
      throw unreachable(base, error);
    });
    const text = await response.text();
    const tookMs = performance.now() - began;
    return { status: response.status, body: parsed(text), text, headers: response.headers, tookMs };
  };
  ask.upgrade = (path) => upgrade(new URL(path, base), token, signal);
  return ask;
}

function upgrade(url: URL, token: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'https:' ? secureRequest : request;
    const asking = open(url, {
      headers: {
        authorization: `Bearer ${token}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'cmV2aXZlciB2YWxpZGF0ZQ==',
      },
      timeout: WITHIN_MS,
      signal,
    });
    asking.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    asking.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.on('timeout', () => asking.destroy(new Error(`no answer within ${WITHIN_MS} ms`)));
    asking.on('error', reject);
    asking.end();
  });
}

function unreachable(base: string, error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  return new UserError(
    'unavailable',
    `No Reviver answers at ${base} (${reason}). Start one, or name another with --url.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
