import { z } from 'zod';
import { UserError } from '../../engine/model/errors.js';
import type { Principal } from '../../engine/model/person.js';
import * as answers from './answers.js';
import type { ConsoleDoors } from './doors.js';
import type { ConsoleEvent } from './message.js';
import { type PageFiles, pageRoutes } from './page-routes.js';
import { type ConsoleRoute, EVERYONE, GET, POST, parse } from './route-row.js';

const MAX_ID = 100;
const channel = z.string().min(1).max(100).describe('the name of a channel');
const id = z
  .string()
  .min(1)
  .max(MAX_ID)
  .describe(`a name for this act of at most ${MAX_ID} characters; a repeat does nothing`);
const name = z.string().min(1).max(128);

const channelParams = z.strictObject({ channel });
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
const formBody = z.strictObject({
  channel,
  service: name.describe('the name of a service'),
  runbook: name.optional().describe('the id of a runbook'),
  strategy: name.optional().describe('the name of a strategy'),
  params: z.record(z.string().max(64), z.string().max(1_000)).optional().describe('an object of texts'),
  dry_run: z.boolean().optional().describe('true to see the plan alone, or false'),
  reason: z.string().min(1).max(500).optional().describe('text of at most 500 characters'),
  id: id.optional(),
});
const streamQuery = z.strictObject({
  since: z.coerce.number().int().min(0).optional().describe('the version of the last message that was seen'),
});
const taken = { 202: { description: 'Taken, with the private replies', schema: answers.replies } };
const said = {
  202: { description: 'Taken, with the message that shows it, and the private replies', schema: answers.said },
};

/** The console over HTTP, as rows for the table of routes of the API. `page`: what the browser is given. */
export function consoleRoutes(doors: ConsoleDoors, page?: () => PageFiles | undefined): ConsoleRoute[] {
  return [
    ...pageRoutes(page),
    {
      ...GET,
      path: '/console/api/me',
      operation: 'consoleMe',
      summary: 'Who the token stands for',
      answers: { 200: { description: 'The person', schema: answers.me } },
      run: async (_raw, who) => ({ status: 200, body: doors.me(who) }),
    },
    {
      ...GET,
      path: '/console/api/channels',
      operation: 'consoleChannels',
      summary: 'The channels of the console',
      answers: { 200: { description: 'All of them, and what their people read', schema: answers.channels } },
      run: async () => ({ status: 200, body: doors.channels() }),
    },
    {
      ...GET,
      path: '/console/api/channels/{channel}/messages',
      operation: 'consoleMessages',
      summary: 'The newest messages of a channel or thread, oldest first',
      params: channelParams,
      query: messagesQuery,
      answers: {
        200: {
          description: 'Messages, and the version from which a stream continues',
          schema: answers.list(answers.message).extend({ version: z.number() }),
        },
      },
      run: async (raw) => {
        const { limit, thread } = parse(messagesQuery, raw.query);
        const options = { limit, ...(thread === undefined ? {} : { thread }) };
        return { status: 200, body: await doors.messages(parse(channelParams, raw.params).channel, options) };
      },
    },
    {
      ...GET,
      path: '/console/api/channels/{channel}/home',
      operation: 'consoleHome',
      summary: 'How things are, what waits for people and what runs',
      params: channelParams,
      answers: { 200: { description: 'Cards, in the language of the channel', schema: answers.home } },
      run: async (raw) => ({ status: 200, body: await doors.home(parse(channelParams, raw.params).channel) }),
    },
    {
      ...GET,
      path: '/console/api/channels/{channel}/completions',
      operation: 'consoleCompletions',
      summary: 'What can be typed: commands, services, runbooks, parameters, recoveries under way',
      params: channelParams,
      answers: { 200: { description: 'All of it, in the language of the channel', schema: answers.completions } },
      run: async (raw) => ({ status: 200, body: await doors.completions(parse(channelParams, raw.params).channel) }),
    },
    {
      ...POST,
      path: '/console/api/commands',
      operation: 'consoleCommand',
      summary: 'Says a command in a channel',
      body: commandBody,
      answers: said,
      run: async (raw, who) => ({ status: 202, body: await doors.command(who, parse(commandBody, raw.body)) }),
    },
    {
      ...POST,
      path: '/console/api/clicks',
      operation: 'consoleClick',
      summary: 'Presses a button of a message',
      body: clickBody,
      answers: taken,
      run: async (raw, who) => ({ status: 202, body: await doors.click(who, parse(clickBody, raw.body)) }),
    },
    {
      ...POST,
      path: '/console/api/forms',
      operation: 'consoleForm',
      summary: 'Says in a channel what was chosen in the form of /recover',
      body: formBody,
      answers: said,
      run: async (raw, who) => {
        const { channel: where, id: act, dry_run: dryRun, ...rest } = parse(formBody, raw.body);
        const answered = { ...rest, ...(dryRun === undefined ? {} : { dryRun }) };
        const said = { channel: where, answers: answered, ...(act === undefined ? {} : { id: act }) };
        return { status: 202, body: await doors.form(who, said) };
      },
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
    access: EVERYONE,
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
