import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ZodError } from 'zod';
import { ANSWER_WITHIN_MS, createCallbacks, type Press } from './callbacks.js';
import { createFaults, type Faults } from './faults.js';
import { createLimits, type LimitOptions, type Limits, TELEGRAM_LIMITS } from './limits.js';
import { CHAT_METHODS } from './methods/chats.js';
import { INTAKE_METHODS } from './methods/intake.js';
import { MESSAGE_METHODS } from './methods/messages.js';
import type { MethodParts } from './methods/method.js';
import { createPeople, type People } from './people.js';
import { ApiRefusal, badRequest } from './refusal.js';
import { createUpdateQueue, type UpdateQueue } from './update-queue.js';
import { createWebhook, type Webhook } from './webhook.js';
import { BOT, createWorld, type Message, type World } from './world.js';

export interface TelegramServerOptions {
  token?: string;
  limits?: Partial<LimitOptions>;
  /** How long a press may wait for its answer. */
  answerWithinMs?: number;
  /** Before the webhook is tried again. */
  webhookRetryMs?: number;
  /** Default: a free one. */
  port?: number;
}

export interface Call {
  method: string;
  parameters: Record<string, unknown>;
  /** 200, or how it was refused; 0: the answer was lost. */
  status: number;
  at: number;
}

/**
 * A Bot API for one bot, on 127.0.0.1: it refuses what Telegram refuses, and is stricter where Telegram is lenient
 * (unknown parameters, bare `&`). Its people type and press.
 */
export interface TelegramServer {
  url: string;
  token: string;
  world: World;
  people: People;
  faults: Faults;
  limits: Limits;
  queue: UpdateQueue;
  webhook: Webhook;
  menus: MethodParts['menus'];
  calls: Call[];
  presses(): readonly Press[];
  /** What the bot wrote into a chat, oldest first. */
  written(chat: number): Message[];
  /** Turns a group into a supergroup of another number, as when it grows. */
  upgrade(chat: number, to: number): void;
  close(): Promise<void>;
}

const METHODS = { ...MESSAGE_METHODS, ...CHAT_METHODS, ...INTAKE_METHODS };
const DEFAULT_TOKEN = `${BOT.id}:a-token-for-tests-that-opens-nothing`;

export async function startTelegramServer(options: TelegramServerOptions = {}): Promise<TelegramServer> {
  const { token = DEFAULT_TOKEN, answerWithinMs = ANSWER_WITHIN_MS, webhookRetryMs = 200, port = 0 } = options;
  const world = createWorld();
  const queue = createUpdateQueue();
  const webhook = createWebhook(queue, webhookRetryMs);
  const callbacks = createCallbacks(answerWithinMs);
  const limits = createLimits({ ...TELEGRAM_LIMITS, ...options.limits });
  const parts: MethodParts = { world, queue, limits, callbacks, webhook, menus: new Map() };
  const faults = createFaults();
  const calls: Call[] = [];
  const people = createPeople(world, queue, callbacks);

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const name = /^\/bot([^/]+)\/(\w+)$/.exec(req.url ?? '');
    const method = name?.[2] ?? '';
    const strike = faults.strike(method);
    const body = await bodyOf(req);
    if (strike.stallMs > 0) await sleep(strike.stallMs);
    if (faults.outage) return void res.destroy();
    if (strike.garbled) return void res.writeHead(502).end('<html>Bad Gateway</html>');
    const call: Call = { method, parameters: {}, status: 0, at: performance.now() };
    calls.push(call);
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    const { status, reply } = await outcome(async () => {
      if (name?.[1] !== token) throw new ApiRefusal(401, 'Unauthorized');
      call.parameters = JSON.parse(body || '{}');
      if (strike.refusal) throw strike.refusal;
      const found = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
      if (!found) throw new ApiRefusal(404, 'Not Found: method not found');
      return await found.run(call.parameters, parts, gone.signal);
    });
    if (strike.dropReply || faults.outage) return void res.destroy();
    call.status = status;
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  }

  const server = createServer((req, res) => {
    answer(req, res).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${bound}`,
    token,
    world,
    people,
    faults,
    limits,
    queue,
    webhook,
    menus: parts.menus,
    calls,
    presses: callbacks.all,
    written: (chat) => [...(world.chats.get(chat)?.messages.values() ?? [])].filter(({ from }) => from === BOT.id),
    upgrade: (chat, to) => upgrade(world, queue, chat, to),
    async close() {
      await webhook.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function outcome(work: () => Promise<unknown>): Promise<{ status: number; reply: unknown }> {
  try {
    return { status: 200, reply: { ok: true, result: await work() } };
  } catch (error) {
    const refusal = error instanceof ApiRefusal ? error : mistaken(error);
    const { code, message, parameters } = refusal;
    return {
      status: code,
      reply: { ok: false, error_code: code, description: message, ...(parameters ? { parameters } : {}) },
    };
  }
}

/** What does not fit a method's parameters, unknown ones included. */
function mistaken(error: unknown): ApiRefusal {
  if (error instanceof ZodError)
    return badRequest(`wrong parameters: ${error.issues.map(({ message }) => message).join('; ')}`);
  if (error instanceof SyntaxError) return badRequest("can't parse JSON");
  throw error;
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Message numbers begin anew; what was written before stays behind, readable and no longer editable. */
function upgrade(world: World, queue: UpdateQueue, from: number, to: number): void {
  const old = world.chats.get(from);
  if (!old) throw new Error(`There is no chat ${from}`);
  const { id: _id, messages: _messages, nextMessage: _next, topics: _topics, ...rest } = old;
  const chat = world.addChat({ ...rest, id: to, type: 'supergroup' });
  old.movedTo = to;
  const about = (of: number, type: string) => ({
    message_id: of === to ? chat.nextMessage++ : old.nextMessage++,
    from: { id: BOT.id, is_bot: true, first_name: BOT.first_name },
    chat: { id: of, type, title: chat.title },
    date: Math.floor(Date.now() / 1_000),
  });
  queue.push('message', { ...about(from, 'group'), migrate_to_chat_id: to });
  queue.push('message', { ...about(to, 'supergroup'), migrate_from_chat_id: from });
}
