import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { type Bot, createBot } from '../../../src/bot/bot.js';
import type { ChatStore } from '../../../src/bot/chat-store.js';
import type { ChatPlatform } from '../../../src/bot/port.js';
import { createSlackPlatform } from '../../../src/bot/slack/slack.js';
import type { Person } from '../../../src/engine/model/person.js';
import { createChatStore } from '../../../src/store/chat-store.js';
import { createOutboxStore } from '../../../src/store/outbox-store.js';
import {
  APP_TOKEN,
  BOT_TOKEN,
  createSlackServer,
  type SlackServer,
  type SlackServerOptions,
} from '../../platforms/slack/slack-server.js';
import { CHANNEL, QUICK } from '../../platforms/slack/slack-under-test.js';
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.js';
import { eventually, withDatabase } from '../../support/index.js';
import { approval, done, recoveryView, step } from '../../support/recovery-view.js';

const PEOPLE: Person[] = [
  { name: 'Ann', roles: ['responder', 'approver'], ids: { slack: 'U0ANN' } },
  { name: 'Lee', roles: ['responder', 'approver', 'lead'], ids: { slack: 'U0LEE' } },
  { name: 'Gus', roles: ['responder', 'approver'], ids: { slack: 'U0GUS' } },
];
const database = withDatabase();
let pool: Pool;
let store: ChatStore;
let engine: FakeEngine;
let server: SlackServer;
let bot: Bot;
let platform: ChatPlatform;
let stops: (() => Promise<unknown>)[] = [];

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  store = createChatStore(pool);
});
afterAll(() => pool.end());
beforeEach(async () => {
  await pool.query('TRUNCATE chat_views, chat_posts, chat_inputs, chat_cursor, chat_memory, outbox');
  engine = createFakeEngine();
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

/** The bot on Slack, whose minute lasts `minuteMs`. */
async function start(options: SlackServerOptions & { channels?: number } = {}): Promise<void> {
  const { minuteMs = 12_000, channels = 1 } = options;
  server = await createSlackServer({ minuteMs, ...options });
  const { workspace } = server;
  for (const { ids } of PEOPLE) workspace.join({ id: ids.slack ?? '', guest: ids.slack === 'U0GUS' });
  for (let n = 0; n < channels; n++)
    workspace.open({ id: n === 0 ? CHANNEL : `C0N${n}`, members: ['U0ANN', 'U0LEE', 'U0GUS'] });
  platform = createSlackPlatform({
    botToken: BOT_TOKEN,
    appToken: APP_TOKEN,
    apiUrl: server.apiUrl,
    memory: {
      recall: (key) => store.recall('slack', key),
      remember: (key, value) => store.remember('slack', key, value),
    },
    log: () => {},
    tuning: { ...QUICK, minuteMs, editIntervalMs: 100, callTimeoutMs: 500, answerTimeoutMs: 500 },
  });
  bot = createBot({
    engine: {
      ...engine,
      people: () => PEOPLE,
      // The engine tells of each change.
      decide: (id, ...rest) => engine.decide(id, ...rest).finally(() => bot.changed(id)),
    },
    platforms: [platform],
    store,
    outbox: createOutboxStore(pool),
    channels: { incidents: { slack: CHANNEL } },
    log: () => {},
    pollMs: 50,
  });
  await bot.start();
  stops.push(server.close, bot.stop);
}

function put(id: number, parts: Parameters<typeof recoveryView>[0] = {}, channel = CHANNEL): void {
  const origin = { platform: 'slack', channel };
  const service = id === 1 ? 'redis' : `s${id}`;
  const recovery = { id, service, origin, createdAt: new Date(), startedAt: new Date(), ...parts.recovery };
  engine.put(recoveryView({ ...parts, recovery }));
}

const ended = () => ({ state: 'SUCCEEDED' as const, endedAt: new Date(), activeMs: 10 });
const cards = (channel = CHANNEL) => server.seen(channel).filter(({ byApp }) => byApp);
const thread = (ts = '') => server.seen(CHANNEL, ts).map(({ text }) => text);
const shows = (words: string, timeoutMs = 10_000) =>
  eventually(() => expect(cards().map(({ text }) => text)).toEqual([expect.stringContaining(words)]), { timeoutMs });
const waiting = () => ({
  recovery: { state: 'AWAITING_APPROVAL' as const, requestedBy: 'Ann' },
  approvals: [approval({ createdAt: new Date(), expiresAt: new Date(Date.now() + 900_000) })],
  verbs: ['cancel' as const],
});

describe('a recovery on Slack', () => {
  test('is one card, edited in place, whose thread tells the rest', async () => {
    await start();
    put(1);
    bot.changed(1);
    await shows('step 1 of 4');
    engine.set(1, { steps: [done(0, 400, 0), step(1), step(2), step(3)] });
    engine.addEvent(1, 'step.succeeded', { step: 0, name: 'Stop redis', duration_ms: 400 });
    bot.changed(1);
    await shows('step 2 of 4');
    engine.set(1, { recovery: ended() });
    bot.changed(1);
    await shows('recovered in');
    await eventually(() => expect(thread(cards()[0]?.ts)).toHaveLength(2));
    expect(server.limits.refusals).toEqual([]);
  });

  test('goes on through an outage of Slack: then everything is shown once, as it is', async () => {
    await start();
    put(1);
    bot.changed(1);
    await shows('step 1 of 4');
    const outage = server.faults.outage();
    for (const n of [0, 1, 2]) {
      engine.addEvent(1, 'step.succeeded', { step: n, name: `step ${n}`, duration_ms: 400 });
      engine.set(1, { steps: [0, 1, 2, 3].map((at) => (at <= n ? done(at, 400, 0) : step(at))) });
      bot.changed(1);
    }
    put(2);
    engine.set(1, { recovery: ended() });
    bot.changed(1);
    bot.changed(2);
    await eventually(() => expect(platform.healthy().ok).toBe(false));
    await expect(server.as('U0LEE').command('status')).rejects.toThrow();
    outage.over();
    await eventually(
      () => {
        expect(cards().map(({ text }) => text)).toEqual([
          expect.stringContaining('recovered in'),
          expect.stringContaining('R-2'),
        ]);
        const [first] = cards();
        expect(thread(first?.ts)).toEqual([
          expect.stringMatching(/Step 1 .*\n.*Step 2 .*\n.*Step 3 /s),
          expect.stringContaining('recovered in'),
        ]);
      },
      { timeoutMs: 20_000 },
    );
    await eventually(() => server.as('U0LEE').command('status'));
  }, 40_000);

  test('whose card someone deleted gets another one, and only the new one counts', async () => {
    await start();
    put(1, waiting());
    bot.changed(1);
    await shows('waiting for approval');
    const [old] = cards();
    await eventually(() => expect(thread(old?.ts)).toHaveLength(1));
    const message = server.workspace.find(CHANNEL, old?.ts ?? '');
    if (message) message.deleted = true;
    engine.set(1, { recovery: { requestedBy: 'Max' } });
    bot.changed(1);
    await eventually(() => expect(cards()).toHaveLength(1), { timeoutMs: 10_000 });
    const [live] = cards();
    expect(live?.ts).not.toBe(old?.ts);
    if (message) message.deleted = false;
    await server.as('U0LEE').press(CHANNEL, old?.ts ?? '', 'Approve');
    await eventually(() => expect(server.privately('U0LEE')[0]?.text).toContain('old copy'));
    expect(engine.calls.filter((call) => call.startsWith('approve'))).toEqual([]);
    await server.as('U0LEE').press(CHANNEL, live?.ts ?? '', 'Approve');
    await eventually(() => expect(engine.calls).toContain('approve R-1 by Lee via slack'));
  }, 20_000);

  test('shows within a second what a button did, and calls the approvers once', async () => {
    await start();
    put(1, waiting());
    bot.changed(1);
    await shows('waiting for approval');
    const [card] = cards();
    await eventually(() => expect(server.seen(CHANNEL, card?.ts)[0]?.notified).toEqual(['U0LEE']));
    const { tookMs } = await server.as('U0LEE').press(CHANNEL, card?.ts ?? '', 'Approve');
    expect(tookMs).toBeLessThan(500);
    await eventually(() => expect(cards()[0]?.buttons).not.toContain('Approve'), { timeoutMs: 1_000, everyMs: 10 });
  });

  test('is refused, privately and with the reason, to guests, in shared channels, and to whom asked for it', async () => {
    await start();
    put(1, waiting());
    bot.changed(1);
    await shows('waiting for approval');
    const ts = cards()[0]?.ts ?? '';
    await server.as('U0GUS').press(CHANNEL, ts, 'Approve');
    await eventually(() => expect(server.privately('U0GUS')[0]?.text).toContain('Guests cannot'));
    await server.as('U0ANN').press(CHANNEL, ts, 'Approve');
    await eventually(() => expect(server.privately('U0ANN')[0]?.text).toContain('someone else must approve it'));
    const channel = server.workspace.channels.get(CHANNEL);
    if (channel) channel.extShared = true;
    await server.event({ type: 'channel_shared', channel: CHANNEL });
    await server.as('U0LEE').press(CHANNEL, ts, 'Approve');
    await eventually(() => expect(server.privately('U0LEE')[0]?.text).toContain('shared with another organisation'));
    expect(engine.calls.filter((call) => call.includes('by Lee') || call.includes('by Gus'))).toEqual([]);
    expect(engine.refusals.map(({ facts }) => facts.team)).toEqual(['T0TEAM', 'T0TEAM']);
  });
});

describe('a hundred recoveries at once', () => {
  test('stay inside every limit of the workspace, and end with a hundred right cards', async () => {
    await start({ minuteMs: 2_000, channels: 5 });
    const ids = Array.from({ length: 100 }, (_, n) => n + 1);
    const channelOf = (id: number) => (id % 5 === 0 ? CHANNEL : `C0N${id % 5}`);
    for (const id of ids) put(id, {}, channelOf(id));
    for (const id of ids) bot.changed(id);
    const all = () => ['', 1, 2, 3, 4].flatMap((n) => cards(n === '' ? CHANNEL : `C0N${n}`));
    await eventually(() => expect(all()).toHaveLength(100), { timeoutMs: 40_000 });
    for (const id of ids) engine.set(id, { recovery: ended() });
    for (const id of ids) bot.changed(id);
    await eventually(() => expect(all().filter(({ text }) => text.includes('recovered in'))).toHaveLength(100), {
      timeoutMs: 40_000,
    });
    const names = all().map(({ text }) => /R-\d+/.exec(text)?.[0]);
    expect(new Set(names).size).toBe(100);
    expect(server.limits.refusals).toEqual([]);
  }, 90_000);
});
