import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import { z } from 'zod';
import { UserError } from '../../engine/model/errors.js';

/** What a chat client in a terminal asks of a Reviver server. */
export interface ConsoleClient {
  me(): Promise<{ name: string; channels: string[] }>;
  messages(channel: string, limit: number): Promise<{ items: Message[]; version: number }>;
  command(channel: string, text: string): Promise<PrivateReply[]>;
  click(message: string, command: string): Promise<PrivateReply[]>;
  /** Events after a version until `signal` aborts; connects again when the connection is lost. */
  stream(
    since: number,
    onEvent: (event: Event) => void,
    onState: (state: 'lost' | 'back') => void,
    signal: AbortSignal,
  ): Promise<void>;
}

const button = z.object({
  label: z.string(),
  command: z.string(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm: z.string().optional(),
});
const icon = z.enum(['pending', 'gate', 'running', 'done', 'failed', 'skipped', 'unknown', 'undone', 'cancelled']);
const card = z.object({
  tone: z.enum(['firing', 'attention', 'waiting', 'running', 'good', 'failed', 'neutral', 'dry_run']),
  title: z.string(),
  lines: z.array(z.string()),
  author: z.string().optional(),
  steps: z
    .array(z.object({ number: z.number().optional(), icon, text: z.string(), note: z.string().optional() }))
    .optional(),
  footer: z.array(z.string()).optional(),
  buttons: z.array(button),
});
const message = z.object({
  id: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  author: z.string(),
  card,
  version: z.number(),
  created_at: z.string(),
  edited_at: z.string().nullable(),
});
const reply = z.object({ id: z.string(), card });
const event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), message }),
  z.object({ type: z.literal('private'), reply }),
]);
const me = z.object({ name: z.string(), channels: z.array(z.string()) });
const page = z.object({ items: z.array(message), version: z.number() });
const replies = z.object({ replies: z.array(reply) });
const problem = z.object({ detail: z.string().optional(), title: z.string().optional() });

export type Message = z.output<typeof message>;
export type PrivateReply = z.output<typeof reply>;
export type Event = z.output<typeof event>;

const TIMEOUT_MS = 15_000;
const RECONNECT_MS = 1_000;

export function createConsoleClient(url: string, token: string): ConsoleClient {
  const base = url.replace(/\/+$/, '');
  const headers = { authorization: `Bearer ${token}` };

  async function call<S extends z.ZodType>(schema: S, path: string, body?: object): Promise<z.output<S>> {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${base}/console/api${path}`, {
      ...sent,
      headers: { ...headers, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new UserError('unavailable', `${base} does not answer: ${reasonOf(error)}. Is Reviver running there?`);
    });
    const answer: unknown = await response.json().catch(() => ({}));
    if (!response.ok)
      throw new UserError(response.status === 401 ? 'unauthenticated' : 'conflict', refusal(response.status, answer));
    return schema.parse(answer);
  }

  return {
    me: () => call(me, '/me'),
    messages: (channel, limit) => call(page, `/channels/${encodeURIComponent(channel)}/messages?limit=${limit}`),
    command: async (channel, text) => (await call(replies, '/commands', { channel, text })).replies,
    click: async (id, command) => (await call(replies, '/clicks', { message: id, command })).replies,
    async stream(since, onEvent, onState, signal) {
      let cursor = since;
      let lost = false;
      while (!signal.aborted) {
        const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/console/ws?since=${cursor}`, { headers });
        await listen(socket, signal, {
          open: () => {
            if (lost) onState('back');
            lost = false;
          },
          event: (data) => {
            if (data.type === 'message') cursor = Math.max(cursor, data.message.version);
            onEvent(data);
          },
        });
        if (signal.aborted) return;
        if (!lost) onState('lost');
        lost = true;
        await sleep(RECONNECT_MS, undefined, { signal }).catch(() => {});
      }
    },
  };
}

interface Listening {
  open(): void;
  event(data: Event): void;
}

/** Resolves when the connection is over, for whatever reason. */
async function listen(socket: WebSocket, signal: AbortSignal, on: Listening): Promise<void> {
  const close = () => socket.terminate();
  signal.addEventListener('abort', close, { once: true });
  try {
    await new Promise<void>((resolve) => {
      socket.on('open', on.open);
      socket.on('message', (data) => {
        const parsed = event.safeParse(jsonOf(String(data)));
        if (parsed.success) on.event(parsed.data);
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      if (signal.aborted) close();
    });
  } finally {
    signal.removeEventListener('abort', close);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: number, answer: unknown): string {
  const parsed = problem.safeParse(answer);
  const text = parsed.success ? (parsed.data.detail ?? parsed.data.title) : undefined;
  return text ?? `the server answered ${status}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message ? cause.message : error.message;
}
