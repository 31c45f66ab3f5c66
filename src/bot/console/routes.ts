import { z } from 'zod';
import { type ErrorCode, InvalidInput, UserError } from '../../engine/model/errors.js';
import { type Principal, ROLES, type Role } from '../../engine/model/person.js';
import type { ConsoleDoors } from './doors.js';
import type { ConsoleEvent } from './message.js';

const MAX_ID = 100;
const channel = z.string().min(1).max(100).describe('the name of a channel');
const id = z
  .string()
  .min(1)
  .max(MAX_ID)
  .describe(`a name for this act of at most ${MAX_ID} characters; a repeat does nothing`);
const nothing = z.strictObject({});

const messagesQuery = z.strictObject({
  thread: z.string().max(20).optional().describe('the id of the message whose thread is wanted'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('a whole number from 1 to 200'),
});
const commandBody = z.strictObject({
  channel,
  // More than the bot takes: it refuses a long line in words for people.
  text: z.string().max(20_000).describe('a command line of at most 2000 characters, with or without /recover'),
  thread: z.string().max(20).optional().describe('the id of the message that it answers'),
  id: id.optional(),
});
const clickBody = z.strictObject({
  message: z.string().min(1).max(20).describe('the id of the message'),
  command: z.string().max(4_000).describe('the command of one of its buttons'),
  id: id.optional(),
});
const streamQuery = z.strictObject({
  since: z.coerce.number().int().min(0).optional().describe('the version of the last message that was seen'),
});

const card = z.looseObject({
  tone: z.string(),
  title: z.string(),
  lines: z.array(z.string()),
  buttons: z.array(z.unknown()),
});
const message = z.strictObject({
  id: z.string(),
  channel: z.string(),
  thread: z.string().nullable(),
  author: z.string(),
  card,
  version: z.number(),
  created_at: z.string(),
  edited_at: z.string().nullable(),
});
const replies = z.strictObject({ replies: z.array(z.strictObject({ id: z.string(), card })) });
const me = z.strictObject({
  name: z.string(),
  user: z.string(),
  roles: z.array(z.string()),
  channels: z.array(z.string()),
});
const list = <S extends z.ZodType>(items: S) => z.strictObject({ items: z.array(items) });

interface Raw {
  params: unknown;
  query: unknown;
  body: unknown;
}

/** Everyone with a token that has a person may read; what they may do, the engine decides at each command. */
const access: readonly Role[] = ROLES;

interface ConsoleRoute {
  method: 'get' | 'post';
  path: string;
  operation: string;
  summary: string;
  access: readonly Role[];
  params: z.ZodObject;
  query: z.ZodObject;
  body: z.ZodObject;
  answers: Record<number, { description: string; schema: z.ZodType }>;
  errors: readonly ErrorCode[];
  run(raw: Raw, who: Principal): Promise<{ status: number; body: object }>;
}

/** The console over HTTP, as rows for the table of routes of the API. */
export function consoleRoutes(doors: ConsoleDoors): ConsoleRoute[] {
  const row = {
    access,
    params: nothing,
    query: nothing,
    body: nothing,
    errors: ['invalid_input', 'not_found', 'unavailable'] as const,
  };
  const get = { ...row, method: 'get' as const };
  const post = { ...row, method: 'post' as const };
  return [
    {
      ...get,
      path: '/console/api/me',
      operation: 'consoleMe',
      summary: 'Who the token stands for',
      answers: { 200: { description: 'The person', schema: me } },
      run: async (_raw: Raw, who: Principal) => ({ status: 200, body: doors.me(who) }),
    },
    {
      ...get,
      path: '/console/api/channels',
      operation: 'consoleChannels',
      summary: 'The channels of the console',
      answers: { 200: { description: 'All of them', schema: list(z.strictObject({ name: z.string() })) } },
      run: async () => ({ status: 200, body: doors.channels() }),
    },
    {
      ...get,
      path: '/console/api/channels/{channel}/messages',
      operation: 'consoleMessages',
      summary: 'The newest messages of a channel or thread, oldest first',
      params: z.strictObject({ channel }),
      query: messagesQuery,
      answers: {
        200: {
          description: 'Messages, and the version from which a stream continues',
          schema: list(message).extend({ version: z.number() }),
        },
      },
      run: async (raw: Raw) => {
        const { channel: name } = parse(z.strictObject({ channel }), raw.params);
        const { limit, thread } = parse(messagesQuery, raw.query);
        return {
          status: 200,
          body: await doors.messages(name, { limit, ...(thread === undefined ? {} : { thread }) }),
        };
      },
    },
    {
      ...post,
      path: '/console/api/commands',
      operation: 'consoleCommand',
      summary: 'Says a command in a channel',
      body: commandBody,
      answers: { 202: { description: 'Taken, with the private replies', schema: replies } },
      run: async (raw: Raw, who: Principal) => ({
        status: 202,
        body: await doors.command(who, parse(commandBody, raw.body)),
      }),
    },
    {
      ...post,
      path: '/console/api/clicks',
      operation: 'consoleClick',
      summary: 'Presses a button of a message',
      body: clickBody,
      answers: { 202: { description: 'Taken, with the private replies', schema: replies } },
      run: async (raw: Raw, who: Principal) => ({
        status: 202,
        body: await doors.click(who, parse(clickBody, raw.body)),
      }),
    },
  ];
}

interface Peer {
  who: Principal;
  send(message: ConsoleEvent): void;
  close(code: number, reason: string): void;
}

const POLICY_VIOLATION = 1008;

/** The console's stream, as a row for the table of WebSockets of the API. */
export function consoleSocket(doors: ConsoleDoors) {
  return {
    path: '/console/ws',
    operation: 'consoleStream',
    summary: 'New and edited messages, and private replies',
    access,
    query: streamQuery,
    accept: (query: unknown) => {
      const { since } = parse(streamQuery, query);
      return async (peer: Peer, signal: AbortSignal): Promise<void> => {
        try {
          await doors.stream(peer.who, since, (event) => peer.send(event), signal);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          peer.close(POLICY_VIOLATION, error.code);
        }
      };
    },
  };
}

function parse<S extends z.ZodObject>(schema: S, raw: unknown): z.output<S> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const [field] = issue?.path ?? [];
  const value = field === undefined || typeof raw !== 'object' || raw === null ? raw : Reflect.get(raw, field);
  const allowed =
    (field === undefined ? undefined : schema.shape[String(field)]?.description) ?? issue?.message ?? 'something else';
  throw new InvalidInput(String(field ?? 'body'), value, allowed);
}
