import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Card, ChatInput, Desk } from '../../../src/bot/port.js';
import { createTelegramPlatform, type TelegramPlatform } from '../../../src/bot/telegram/telegram.js';
import type { Timings } from '../../../src/bot/telegram/timings.js';
import { createTestDesk } from '../../support/desk.js';
import { createTestMemory, type TestMemory } from './memory.js';
import { startTelegramServer, type TelegramServer, type TelegramServerOptions } from './server.js';

/** Short ones, so that tests need not wait; the budgets keep Telegram's own minute. */
export const QUICK: Partial<Timings> = {
  callSeconds: 2,
  pollSeconds: 1,
  leadsEvery: 20,
  afterConflict: [30, 60],
  afterFailure: [20, 40],
  afterUnauthorized: 60,
  webhookEvery: 100,
};

export const ANN = 101;
export const LEE = 102;
/** Never pressed Start. */
export const MAX = 103;
export const GROUP = -1_001_234_567_890;
export const FORUM = -1_001_234_567_891;
export const SMALL_GROUP = -41_230;

export interface Scene {
  server: TelegramServer;
  platform: TelegramPlatform;
  memory: TestMemory;
  inputs: ChatInput[];
  refused: { input: ChatInput; reason: string }[];
  logs: { level: string; message: string; facts: unknown }[];
  /** Whether this process leads. */
  leading: { now: boolean };
  /** What is done with an input; the default answers nothing. */
  handle: { now(input: ChatInput): Promise<void> };
  start(desk?: Desk): Promise<void>;
  /** A new process with the same memory, before its start. */
  another(timings?: Partial<Timings>): TelegramPlatform;
  close(): Promise<void>;
}

export interface SceneOptions extends TelegramServerOptions {
  timings?: Partial<Timings>;
  webhook?: boolean;
  memory?: TestMemory;
}

/** A Bot API with people and groups, and the platform that talks to it. */
export async function telegramScene(options: SceneOptions = {}): Promise<Scene> {
  const { timings, webhook = false, memory = createTestMemory(), ...rest } = options;
  const server = await startTelegramServer({ webhookRetryMs: 30, ...rest });
  settle(server);
  const logs: Scene['logs'] = [];
  const log = (level: string, message: string, facts?: unknown) => void logs.push({ level, message, facts });
  const leading = { now: true };
  const inputs: ChatInput[] = [];
  const refused: Scene['refused'] = [];
  const handle: Scene['handle'] = { now: async () => {} };
  const made: TelegramPlatform[] = [];
  const door = webhook ? await openDoor(() => made.at(-1)) : undefined;

  const another = (more: Partial<Timings> = {}) => {
    const platform = createTelegramPlatform({
      token: server.token,
      apiRoot: server.url,
      memory,
      leads: async () => leading.now,
      log,
      timings: { ...QUICK, ...timings, ...more },
      ...(door ? { webhook: { url: door.url, secret: 'a-secret-word' } } : {}),
    });
    made.push(platform);
    return platform;
  };
  const platform = another();
  const desk = createTestDesk(
    async (input) => {
      inputs.push(input);
      await handle.now(input);
    },
    { refused: (input, reason) => void refused.push({ input, reason }) },
  );

  return {
    server,
    platform,
    memory,
    inputs,
    refused,
    logs,
    leading,
    handle,
    another,
    start: (given = desk) => platform.start(given),
    async close() {
      await Promise.all(made.map((each) => each.stop()));
      await door?.close();
      await server.close();
    },
  };
}

/** Its people and groups. */
export function settle({ world }: TelegramServer): void {
  world.addPerson({ id: ANN, first_name: 'Ann', started: true });
  world.addPerson({ id: LEE, first_name: 'Lee', started: true });
  world.addPerson({ id: MAX, first_name: 'Max' });
  const all = [ANN, LEE, MAX];
  world.addChat({ id: GROUP, type: 'supergroup', title: 'Incidents' }, all);
  world.addChat({ id: FORUM, type: 'supergroup', title: 'Forum', forum: true, botManagesTopics: true }, all);
  world.addChat({ id: SMALL_GROUP, type: 'group', title: 'Small' }, all);
}

/** Where Telegram delivers to, as `/telegram/webhook` of the product's own server. */
async function openDoor(latest: () => TelegramPlatform | undefined): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((req, res) => {
    const handle = latest()?.webhook;
    if (handle) handle(req, res);
    else res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/telegram/webhook`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const CARD: Card = {
  tone: 'waiting',
  title: 'R-41 · redis · waiting for approval (1 of 1) · Ann',
  lines: ['redis_outage — worked 9 of 10 times'],
  steps: [{ number: 1, icon: 'gate', text: 'Restore backup', note: 'needs approval' }],
  footer: ['plan 7f3a·91c2'],
  buttons: [
    { label: 'Approve', command: 'approve R-41 7f3a91c2', style: 'primary' },
    { label: 'Reject', command: 'reject R-41 7f3a91c2', style: 'danger' },
  ],
};
