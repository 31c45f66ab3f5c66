import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { Api } from 'grammy';
import type { Timings } from '../timings.js';

export interface Apis {
  /** For everything but polling. */
  api: Api;
  /** Waits as long as Telegram holds a poll open. */
  polling: Api;
  close(): void;
}

/** An idle connection is closed before the other side does it, for a call that is written into one is lost. */
const IDLE_MS = 4_000;
const POLL_MARGIN_SECONDS = 15;

/** Nothing retries in here: whoever calls knows whether a repeat may do harm. */
export function createApis(
  { token, apiRoot = 'https://api.telegram.org' }: { token: string; apiRoot?: string },
  { callSeconds, pollSeconds }: Timings,
): Apis {
  const root = apiRoot.replace(/\/+$/, '');
  const agent = root.startsWith('https:')
    ? new SecureAgent({ keepAlive: true, timeout: IDLE_MS })
    : new Agent({ keepAlive: true, timeout: IDLE_MS });
  const client = (timeoutSeconds: number) =>
    new Api(token, { apiRoot: root, timeoutSeconds, sensitiveLogs: false, baseFetchConfig: { agent } });
  return {
    api: client(callSeconds),
    polling: client(pollSeconds + POLL_MARGIN_SECONDS),
    close: () => agent.destroy(),
  };
}
