import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { FaultyCalls } from './faults.js';
import { checkedBlocks } from './methods/chat.js';
import type { Uploads } from './methods/files.js';
import { type Method, type MethodContext, Refused } from './methods/method.js';
import type { RateLimits } from './rate-limits.js';
import { BOT_USER } from './workspace.js';

/** A call as it came, and how it was answered. */
export interface Call {
  method: string;
  args: Record<string, string>;
  at: number;
  status: number;
  /** `ok`, or Slack's word. */
  outcome: string;
}

export interface WebApiParts {
  methods: Record<string, Method>;
  context: MethodContext;
  tokens: { bot: string; app: string };
  limits: RateLimits;
  faults: FaultyCalls;
  uploads: Uploads;
  calls: Call[];
}

/** Slack's Web API, the addresses for answers, and where files go. */
export function createWebApi(parts: WebApiParts): RequestListener {
  return (req, res) => {
    if (parts.faults.down()) return void req.socket.destroy();
    answer(req, res, parts).catch((error: unknown) => {
      res.statusCode = 500;
      res.end(String(error));
    });
  };
}

async function answer(req: IncomingMessage, res: ServerResponse, parts: WebApiParts): Promise<void> {
  const [, place, name = ''] = (req.url ?? '').split('?')[0]?.split('/') ?? [];
  const body = await readAll(req);
  if (parts.faults.down()) return void req.socket.destroy();
  if (place === 'hooks') return answerHook(name, body, res, parts);
  if (place === 'upload') {
    const upload = parts.uploads.get(name);
    if (upload) upload.content = fileIn(body, req.headers['content-type'] ?? '');
    return void res.writeHead(upload ? 200 : 404).end('OK');
  }
  if (place !== 'api' || req.method !== 'POST') return void res.writeHead(404).end();
  await answerCall(name, req, body, res, parts);
}

async function answerCall(
  name: string,
  req: IncomingMessage,
  body: string,
  res: ServerResponse,
  { methods, context, tokens, limits, faults, calls }: WebApiParts,
): Promise<void> {
  const args = Object.fromEntries(new URLSearchParams(body));
  const call: Call = { method: name, args, at: performance.now(), status: 200, outcome: 'ok' };
  calls.push(call);
  const send = (status: number, outcome: string, json: object, headers: Record<string, string> = {}) => {
    Object.assign(call, { status, outcome });
    if (faults.dropsReply(name)) return void req.socket.destroy();
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
  };
  const refuse = (error: string, more: object = {}) => send(200, error, { ok: false, error, ...more });

  await faults.passes(name);
  if (faults.down()) return void req.socket.destroy();
  const failure = faults.failure(name);
  if (typeof failure === 'number') return send(failure, String(failure), { message: 'upstream' });
  if (failure !== undefined) return refuse(failure);
  const method = methods[name];
  if (!method) return refuse('unknown_method');
  const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
  if (token === undefined) return refuse('not_authed');
  if (token !== tokens[method.token])
    return refuse(Object.values(tokens).includes(token) ? 'not_allowed_token_type' : 'invalid_auth');
  if (method.scopes.length > 0 && !method.scopes.some((scope) => context.scopes.has(scope)))
    return refuse('missing_scope', { needed: method.scopes.join(','), provided: [...context.scopes].join(',') });
  const seconds = limits.take(name, method.tier, args.channel);
  if (seconds > 0)
    return send(429, 'ratelimited', { ok: false, error: 'ratelimited' }, { 'retry-after': String(seconds) });
  try {
    const headers = { 'x-oauth-scopes': [...context.scopes].join(',') };
    send(200, 'ok', { ok: true, ...method.run(args, context) }, headers);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refuse(error.code, error.more);
  }
}

const hookBody = z.strictObject({
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  thread_ts: z.string().optional(),
});

/** A response_url: answers only to whom it was given, five times within half an hour. */
function answerHook(id: string, body: string, res: ServerResponse, { context, calls, faults }: WebApiParts) {
  const { workspace, oneShots } = context;
  const send = (status: number, outcome: string) => {
    calls.push({ method: 'response_url', args: {}, at: performance.now(), status, outcome });
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: status === 200, outcome }));
  };
  const failure = faults.failure('response_url');
  if (typeof failure === 'number') return send(failure, String(failure));
  const address = oneShots.useAddress(id);
  if (!address) return send(404, 'expired_url');
  try {
    const { text = '', blocks: given, response_type = 'ephemeral' } = hookBody.parse(JSON.parse(body));
    const blocks = checkedBlocks(given);
    if (text === '' && blocks.length === 0) return send(400, 'no_text');
    const { channel, user, thread } = address;
    const ts = workspace.nextTs();
    const where = thread === undefined ? {} : { thread };
    if (response_type === 'ephemeral') workspace.whispers.push({ channel, user, ts, text, blocks, ...where });
    else {
      const at = [performance.now()];
      const { notified } = workspace.shown({ text, blocks });
      const said = { channel, ts, user: BOT_USER, byApp: true, text, blocks, ...where, deleted: false, at, notified };
      workspace.messages.push(said);
    }
    send(200, 'ok');
  } catch (error) {
    send(400, error instanceof Refused ? error.code : 'invalid_payload');
  }
}

async function readAll(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** The content of a file, also out of a multipart form. */
function fileIn(body: string, type: string): string {
  const boundary = /boundary=([^;]+)/.exec(type)?.[1];
  if (boundary === undefined) return body;
  const part = body.split(`--${boundary}`)[1] ?? '';
  return part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, '');
}
