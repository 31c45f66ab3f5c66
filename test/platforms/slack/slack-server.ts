import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFaults, type Faults } from './faults.js';
import { chat } from './methods/chat.js';
import { files, type Uploads } from './methods/files.js';
import type { Method } from './methods/method.js';
import { people } from './methods/people.js';
import { views } from './methods/views.js';
import { createOneShots, type OneShots } from './one-shots.js';
import { createPerson, type PersonActing } from './person.js';
import { createRateLimits, type RateLimits } from './rate-limits.js';
import { createSignedHttp, type SignedHttp } from './signed-http.js';
import { createSocketMode, type SocketMode } from './socket-mode.js';
import type { Acknowledged, Transport } from './transport.js';
import { type Call, createWebApi } from './web-api.js';
import { APP, createWorkspace, type SlackMessage, type Workspace } from './workspace.js';

export const BOT_TOKEN = 'xoxb-1-test-bot';
export const APP_TOKEN = 'xapp-1-test-app';
export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';

/** Scopes of the manifests in deploy/slack. */
export const SCOPES = [
  'commands',
  'chat:write',
  'users:read',
  'usergroups:read',
  'channels:read',
  'groups:read',
  'app_mentions:read',
  'files:write',
] as const;

export interface SlackServerOptions {
  /** 0: any free one. */
  port?: number;
  /** How long Slack's minute lasts, for its limits. */
  minuteMs?: number;
  scopes?: readonly string[];
}

/** What a person sees of a message. */
export interface Seen {
  ts: string;
  text: string;
  buttons: string[];
  edits: number;
  byApp: boolean;
  notified: string[];
}

/** A strict Slack of one workspace, on 127.0.0.1: it refuses what Slack refuses. */
export interface SlackServer {
  /** For SLACK_API_URL. */
  apiUrl: string;
  workspace: Workspace;
  calls: Call[];
  limits: RateLimits;
  faults: Faults;
  oneShots: OneShots;
  socket: SocketMode;
  /** From now on, what people do goes to this address, signed, instead of through the socket. */
  callsApp(url: string): SignedHttp;
  as(user: string): PersonActing;
  /** An event that no person causes by hand. Comes again when it is not taken. */
  event(event: object, id?: string): Promise<Acknowledged>;
  /** Messages of a channel, oldest first; of a thread, or without answers in threads. */
  seen(channel: string, thread?: string): Seen[];
  /** What only this person sees: private answers, and the direct conversation with the app. */
  privately(user: string): Seen[];
  close(): Promise<void>;
}

/** Pauses before the repetitions of an event: at once, then later. Slack waits a minute, then five. */
const RETRIES_MS = [0, 50, 200];

export async function createSlackServer(options: SlackServerOptions = {}): Promise<SlackServer> {
  const { port = 0, minuteMs = 60_000, scopes = SCOPES } = options;
  const workspace = createWorkspace();
  const oneShots = createOneShots();
  const limits = createRateLimits(minuteMs);
  const calls: Call[] = [];
  const uploads: Uploads = new Map();
  const methods: Record<string, Method> = { ...chat, ...people, ...views, ...files(uploads) };
  const tokens = { bot: BOT_TOKEN, app: APP_TOKEN };
  const server = createServer();
  const faults = createFaults(() => {
    socket.drop();
    server.closeAllConnections();
  });
  const socket = createSocketMode(server, oneShots, faults);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${addressOf(server.address()).port}`;
  const context = { workspace, oneShots, scopes: new Set(scopes), url };
  server.on('request', createWebApi({ methods, context, tokens, limits, faults, uploads, calls }));
  let transport: Transport = socket;
  let events = 0;

  async function sendEvent(event: object, id?: string): Promise<Acknowledged> {
    events += 1;
    const envelope = { type: 'event_callback', token: 'old', api_app_id: APP, team_id: workspace.team.id };
    const payload = { ...envelope, event, event_id: id ?? `Ev${events}`, event_time: Math.floor(Date.now() / 1_000) };
    const first = transport.send({ kind: 'events_api', payload });
    return await RETRIES_MS.reduce(
      (sent, waitMs, index) =>
        sent.catch(async () => {
          await new Promise((resolve) => setTimeout(resolve, waitMs));
          const retry = { attempt: index + 1, reason: 'http_error' };
          return transport.send({ kind: 'events_api', payload, retry });
        }),
      first,
    );
  }

  const seenOf = (message: Pick<SlackMessage, 'ts' | 'text' | 'blocks'> & Partial<SlackMessage>): Seen => {
    const { ts, blocks, at = [0], byApp = true, notified = [] } = message;
    const buttons = blocks.flatMap((block) =>
      block.type === 'actions' ? block.elements.map(({ text }) => text.text) : [],
    );
    return { ts, text: workspace.shown(message).text, buttons, edits: at.length - 1, byApp, notified };
  };
  const seen = (channel: string, thread?: string) =>
    workspace.messages
      .filter((message) => message.channel === channel && message.thread === thread && !message.deleted)
      .map(seenOf);

  return {
    apiUrl: `${url}/api/`,
    workspace,
    calls,
    limits,
    faults,
    oneShots,
    socket,
    callsApp(appUrl) {
      const http = createSignedHttp(appUrl, SIGNING_SECRET);
      transport = http;
      return http;
    },
    as: (user) =>
      createPerson(user, { workspace, oneShots, url, sendEvent, send: (sending) => transport.send(sending) }),
    event: sendEvent,
    seen,
    privately(user) {
      const whispers = workspace.whispers.filter((whisper) => whisper.user === user).map(seenOf);
      return [...whispers, ...seen(workspace.directOf(user).id)];
    },
    async close() {
      await socket.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address;
}
