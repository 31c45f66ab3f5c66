import { type Logger, SocketModeReceiver } from '@slack/bolt';
import { z } from 'zod';
import type { SlackSettings, SlackTuning } from '../settings.js';
import { once } from './clients.js';
import type { Deliver } from './deliver.js';
import { within } from './rest.js';

/** One connection of Socket Mode, from its greeting to its end. */
export interface SocketConnection {
  /** Slack will close it soon: another one should be opened, while this one still hears. */
  retiring: Promise<void>;
  closed: Promise<void>;
  close(): Promise<void>;
}

export interface SocketParts {
  settings: SlackSettings;
  appToken: string;
  tuning: SlackTuning;
  logger: Logger;
  deliver: Deliver;
  onError(error: unknown): void;
}

const CLOSED_WITHIN_MS = 1_000;
/** Slack pings every few seconds; so long a silence is a dead line. */
const SILENCE_MS = 60_000;

const frame = z.object({
  type: z.string().optional(),
  reason: z.string().optional(),
  payload: z.object({ type: z.string().optional(), event: z.unknown().optional() }).optional(),
});
const envelope = z.object({
  body: z.record(z.string(), z.unknown()),
  ack: z.custom<(payload?: unknown) => Promise<void>>((value) => typeof value === 'function'),
  retry_num: z.number().optional(),
  retry_reason: z.string().optional(),
});

/**
 * Opens a connection. The library's own reconnecting is off: it drops rejections, which end the process, and takes seconds in
 * which nobody listens. Nothing that Slack sends can throw here. Rejects when there is no greeting in time.
 */
export async function connect(parts: SocketParts, signal: AbortSignal): Promise<SocketConnection> {
  const { settings, appToken, tuning, logger, deliver, onError } = parts;
  const { client } = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    clientPingTimeout: tuning.pingTimeoutMs,
    serverPingTimeout: SILENCE_MS,
    installerOptions: { clientOptions: once(settings, tuning.callTimeoutMs) },
  });
  let retire = (): void => {};
  const retiring = new Promise<void>((resolve) => (retire = resolve));
  const closed = new Promise<void>((resolve) => void client.once('disconnected', () => resolve()));

  // Bolt's own listener answers before anything is stored.
  client.removeAllListeners('slack_event');
  client.on('slack_event', (given: unknown) => {
    const { body, ack, retry_num, retry_reason } = envelope.parse(given);
    const delivery = {
      body,
      ...(retry_num === undefined ? {} : { retryNum: retry_num }),
      ...(retry_reason ? { retryReason: retry_reason } : {}),
    };
    // Not answered: Slack delivers an event again, and tells whoever clicked.
    deliver(delivery, ack).catch(onError);
  });

  const [read] = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', (data: unknown, isBinary: boolean) => {
    const text = readable(data);
    const known = frame.safeParse(text);
    // The library would hang up at once; the connection lasts some seconds more.
    if (known.success && known.data.type === 'disconnect' && known.data.reason !== 'link_disabled') return retire();
    Promise.resolve()
      .then(() => read?.(known.success ? withEvent(known.data, text, data) : data, isBinary))
      .catch(onError);
  });

  const close = async (): Promise<void> => {
    await within(
      client.disconnect().catch(() => {}),
      CLOSED_WITHIN_MS,
    );
    // A second time ends what does not answer the first.
    if (client.websocket) client.websocket.disconnect();
  };
  const starting = client.start().then(() => true);
  const gone = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true }),
  );
  try {
    if (await within(Promise.race([starting, gone]), tuning.pingTimeoutMs)) return { retiring, closed, close };
    throw new Error(`no greeting within ${tuning.pingTimeoutMs / 1_000} s`);
  } catch (error) {
    // What was begun cannot be taken back: a socket that opens late is closed then.
    starting.then(close, () => {});
    await close();
    throw error ?? new Error('the socket was closed before its greeting');
  }
}

function readable(data: unknown): unknown {
  try {
    return typeof data === 'string' ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}

/** The library reads the type of an event that some messages, such as `app_rate_limited`, do not have. */
function withEvent({ type, payload }: z.output<typeof frame>, whole: unknown, data: unknown): unknown {
  if (type !== 'events_api' || !payload || payload.event !== undefined || typeof whole !== 'object') return data;
  const event = { type: payload.type ?? 'unknown' };
  return JSON.stringify({ ...whole, payload: { ...payload, event } });
}
