import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatInput, Desk, PlatformMemory } from '../../../src/bot/port.js';
import type { SlackTuning } from '../../../src/bot/slack/settings.js';
import { createSlackPlatform, type SlackOptions, type SlackPlatform } from '../../../src/bot/slack/slack.js';
import { createTestDesk } from '../../support/desk.js';
import type { SignedHttp } from './signed-http.js';
import {
  APP_TOKEN,
  BOT_TOKEN,
  createSlackServer,
  SIGNING_SECRET,
  type SlackServer,
  type SlackServerOptions,
} from './slack-server.js';
import type { Acknowledged, Sending } from './transport.js';

export type Mode = 'socket' | 'http';
export const MODES: readonly Mode[] = ['socket', 'http'];
export const CHANNEL = 'C0INCIDENT';
/** Roles are the business of the bot; these are only members of the channel. */
export const MEMBERS = ['ann', 'lee', 'U0ANN', 'U0LEE'];

export interface LogLine {
  level: string;
  message: string;
  facts: unknown;
}

export interface SlackUnderTest {
  server: SlackServer;
  platform: SlackPlatform;
  /** Everything that the platform handed over. */
  inputs: ChatInput[];
  logs: LogLine[];
  memory: Map<string, string>;
  /** HTTP: Slack's side of it. */
  http: SignedHttp | undefined;
  /** Sends what no person does by hand. */
  send(sending: Sending): Promise<Acknowledged>;
  /** Starts it with another desk than the recording one. */
  startWith(desk: Desk): Promise<void>;
  /** Waits until all that was handed over is handled. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface SlackUnderTestOptions {
  mode?: Mode;
  server?: SlackServerOptions;
  tuning?: Partial<SlackTuning>;
  options?: Partial<SlackOptions>;
  /** What the bot does with an input. */
  handle?(input: ChatInput, platform: SlackPlatform): Promise<void>;
  desk?: Partial<Desk>;
  /** Before the platform is started. */
  before?(server: SlackServer): void;
  /** Default: true. */
  start?: boolean;
}

/** Patience of a test: what fails is red at once, what is away is tried again at once. */
export const QUICK: Partial<SlackTuning> = {
  firstRetryMs: 20,
  longestRetryMs: 100,
  patienceMs: 150,
  probeEveryMs: 200,
};

/** The platform in front of a strict local Slack, by either transport. */
export async function slackUnderTest(given: SlackUnderTestOptions = {}): Promise<SlackUnderTest> {
  const { mode = 'socket', handle = async () => {}, start = true } = given;
  const server = await createSlackServer(given.server);
  for (const id of MEMBERS) server.workspace.join({ id, name: id.replace(/^U0/, '').toLowerCase() });
  server.workspace.open({ id: CHANNEL, name: 'incidents', members: MEMBERS });
  given.before?.(server);
  const memory = new Map<string, string>();
  const logs: LogLine[] = [];
  const platform = createSlackPlatform({
    botToken: BOT_TOKEN,
    ...(mode === 'socket' ? { appToken: APP_TOKEN } : { signingSecret: SIGNING_SECRET }),
    apiUrl: server.apiUrl,
    memory: remembering(memory),
    log: (level, message, facts) => void logs.push({ level, message, facts }),
    tuning: { ...QUICK, ...given.tuning },
    ...given.options,
  });
  const inputs: ChatInput[] = [];
  const handling: Promise<void>[] = [];
  const desk = createTestDesk(async (input) => {
    inputs.push(input);
    await handle(input, platform);
  }, given.desk);
  const door = platform.webhook && (await listen(createServer(platform.webhook)));
  const http = door && server.callsApp(`http://127.0.0.1:${door.port}/slack/events`);
  const watched: Desk = {
    ...desk,
    async accept(input) {
      const accepted = await desk.accept(input);
      handling.push(accepted.handled);
      return accepted;
    },
  };
  if (start) await platform.start(watched);
  return {
    server,
    platform: { ...platform, start: () => platform.start(watched) },
    inputs,
    logs,
    memory,
    http,
    send: (sending) => (http ?? server.socket).send(sending),
    startWith: (other) => platform.start(other),
    settled: async () => void (await Promise.allSettled(handling)),
    async close() {
      await platform.stop();
      await door?.close();
      await server.close();
    },
  };
}

export function remembering(map: Map<string, string>): PlatformMemory {
  return {
    recall: async (key) => map.get(key),
    remember: async (key, value) => void map.set(key, value),
  };
}

async function listen(server: Server): Promise<{ port: number; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { port }: AddressInfo = address;
  return {
    port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
