import type { Log } from '../../../engine/ports.js';
import { portError, retryAfterMs } from '../outbound/refusal.js';
import type { SlackTuning } from '../settings.js';
import { rest } from './rest.js';
import type { Sense } from './sense.js';
import type { SocketConnection } from './socket-connection.js';

/** Keeps one connection open at any time, and opens the next before the last one goes. */
export interface Socket {
  /** After the first attempt, however it went. */
  begun: Promise<void>;
  /** After the signal aborted and every connection is closed. */
  over: Promise<void>;
}

/** One that lives shorter was no success: the next attempt waits longer. */
const LIVED_MS = 5_000;
/** What Slack sent over the old line, while the new one was opened, is still answered. */
const STILL_HEARD_MS = 2_000;

export function keepSocket(
  open: () => Promise<SocketConnection>,
  hears: Sense,
  { firstRetryMs, longestRetryMs }: SlackTuning,
  log: Log,
  signal: AbortSignal,
): Socket {
  const alive = new Set<SocketConnection>();
  const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));

  async function next(): Promise<SocketConnection> {
    const connection = await open();
    const before = [...alive];
    alive.add(connection);
    hears.well();
    void connection.closed.then(() => {
      alive.delete(connection);
      if (alive.size === 0) hears.lost('the socket was closed');
    });
    for (const old of before) void rest(STILL_HEARD_MS, signal).then(() => old.close());
    return connection;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const began = performance.now();
      let askedMs = 0;
      try {
        const connection = await next();
        begin();
        await Promise.race([connection.closed, connection.retiring, aborted]);
        failures = performance.now() - began > LIVED_MS ? 0 : failures + 1;
      } catch (error) {
        failures += 1;
        askedMs = retryAfterMs(error) ?? 0;
        const why = portError(error, 'apps.connections.open', 'Socket Mode').message;
        if (alive.size === 0) hears.lost(why);
        if (failures === 1) log('warn', 'slack:socket_lost', { error: why });
      }
      begin();
      if (failures > 0) await rest(Math.max(askedMs, delayMs(failures)), signal);
    }
    await Promise.all([...alive].map((connection) => connection.close()));
  }

  const delayMs = (failures: number) =>
    Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
  return { begun, over: run() };
}
