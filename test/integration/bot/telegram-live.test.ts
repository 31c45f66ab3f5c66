import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { type Bot, createBot } from '../../../src/bot/bot.js';
import { createTelegramPlatform } from '../../../src/bot/telegram/telegram.js';
import { createChatStore } from '../../../src/store/chat-store.js';
import { createOutboxStore } from '../../../src/store/outbox-store.js';
import { ANN, FORUM, GROUP, LEE, MAX, QUICK, type Scene, telegramScene } from '../../platforms/telegram/scene.js';
import { createFakeEngine, type FakeEngine, PEOPLE } from '../../support/fake-engine.js';
import { eventually, withDatabase } from '../../support/index.js';
import { approval, done, recoveryView, step } from '../../support/recovery-view.js';

const database = withDatabase();
let pool: Pool;
let engine: FakeEngine;
let at: Scene;
const running: Bot[] = [];

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
});
afterAll(() => pool.end());
beforeEach(async () => {
  await pool.query('TRUNCATE chat_views, chat_posts, chat_inputs, chat_cursor, chat_memory, outbox');
  engine = createFakeEngine();
  const ids: Record<string, number> = { Ann: ANN, Lee: LEE };
  engine.people = () =>
    PEOPLE.map((person) => ({ ...person, ids: { ...person.ids, telegram: String(ids[person.name] ?? 0) } }));
  at = await telegramScene({ limits: { scale: 1 } });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((bot) => bot.stop()));
  await at.close();
});

/** The bot with Telegram alone, over a real database. */
async function start(): Promise<Bot> {
  const store = createChatStore(pool);
  const platform = createTelegramPlatform({
    token: at.server.token,
    apiRoot: at.server.url,
    memory: {
      recall: (key) => store.recall('telegram', key),
      remember: (key, value) => store.remember('telegram', key, value),
    },
    leads: async () => true,
    log: () => {},
    timings: { ...QUICK, editEvery: 100 },
  });
  const bot = createBot({
    engine,
    platforms: [platform],
    store,
    outbox: createOutboxStore(pool),
    channels: { incidents: { telegram: String(GROUP) } },
    log: () => {},
    pollMs: 30,
  });
  running.push(bot);
  await bot.start();
  return bot;
}

function put(parts: Parameters<typeof recoveryView>[0] = {}, id = 1, chat = GROUP) {
  const origin = { platform: 'telegram', channel: String(chat) };
  const recovery = { id, origin, createdAt: new Date(), startedAt: new Date(), ...parts.recovery };
  engine.put(recoveryView({ ...parts, recovery }));
}
const ended = () => ({ state: 'SUCCEEDED' as const, endedAt: new Date(), activeMs: 10 });
const cards = (chat = GROUP) =>
  at.server.written(chat).filter(({ replyTo, topic }) => replyTo === undefined && topic === undefined);
const title = (n = 0, chat = GROUP) => cards(chat)[n]?.text.split('\n')[0] ?? '';
/** What answers the first card. */
const thread = () =>
  at.server
    .written(GROUP)
    .filter(({ replyTo }) => replyTo === cards()[0]?.id)
    .map(({ text }) => text);
const patient = { timeoutMs: 20_000 };

describe('a recovery on Telegram', () => {
  test('is asked for, approved by somebody else, and ends, in one message', async () => {
    const bot = await start();
    at.server.people.type(ANN, GROUP, '/recover@reviver_test_bot redis');
    await eventually(() => expect(title()).toContain('waiting for approval'), patient);
    await eventually(() => expect(thread()).toHaveLength(1), patient);
    const id = cards()[0]?.id ?? 0;
    const own = at.server.people.press(ANN, GROUP, id, 'Approve');
    await eventually(
      () => expect(own.answer?.text).toContain('You asked for this plan, so someone else must approve it'),
      patient,
    );
    const stranger = at.server.people.press(MAX, GROUP, id, 'Approve');
    await eventually(() => expect(stranger.answer?.text).toContain(`telegram: ${MAX}`), patient);
    const pressedAt = performance.now();
    const approved = at.server.people.press(LEE, GROUP, id, 'Approve');
    await eventually(() => expect(approved.answer?.text).toContain('Approved'), patient);
    bot.changed(1);
    await eventually(() => expect(title()).toContain('step 1 of 4'), patient);
    expect(performance.now() - pressedAt).toBeLessThan(1_500);
    engine.set(1, { recovery: ended() });
    bot.changed(1);
    await eventually(() => expect(title()).toContain('recovered in'), patient);
    expect(cards()).toHaveLength(1);
    expect(
      cards()[0]
        ?.buttons.flat()
        .map(({ text }) => text),
    ).not.toContain('Approve');
    expect(engine.refusals.map(({ what }) => what)).toContain('chat.unknown_person');
    expect(at.server.limits.exceeded()).toBe(0);
  }, 30_000);

  test('survives an outage of Telegram: no step waits, and the card is right afterwards', async () => {
    put();
    const bot = await start();
    bot.changed(1);
    await eventually(() => expect(title()).toContain('step 1 of 4'), patient);
    at.server.faults.outage = true;
    for (const [n, event] of ['Stop redis', 'Restore backup', 'Start redis'].entries()) {
      engine.addEvent(1, 'step.succeeded', { step: n, name: event, duration_ms: 400 });
      const before = performance.now();
      engine.set(1, { steps: [done(0, 400, 0), step(1), step(2), step(3)] });
      bot.changed(1);
      expect(performance.now() - before).toBeLessThan(50);
    }
    const press = at.server.people.press(LEE, GROUP, cards()[0]?.id ?? 0, cards()[0]?.buttons[0]?.[0]?.text ?? '');
    engine.set(1, { recovery: ended(), verbs: [] });
    bot.changed(1);
    const calls = at.server.calls.length;
    await eventually(() => performance.now() - press.at > 1_500, patient);
    expect(at.server.calls).toHaveLength(calls);
    at.server.faults.outage = false;
    await eventually(() => expect(title()).toContain('recovered in'), patient);
    await eventually(() => expect(press.answer).toBeDefined(), patient);
    const said = () => thread().join('\n');
    for (const line of ['Stop redis', 'Restore backup', 'Start redis', 'recovered in'])
      await eventually(() => expect(said()).toContain(line), patient);
    expect(cards()).toHaveLength(1);
  }, 60_000);

  test('whose card somebody removed has a new one, and the old buttons are refused', async () => {
    const now = Date.now();
    const asked = approval({ createdAt: new Date(now), expiresAt: new Date(now + 900_000) });
    put({ recovery: { state: 'AWAITING_APPROVAL' }, approvals: [asked], verbs: ['cancel'] });
    const bot = await start();
    bot.changed(1);
    await eventually(() => expect(title()).toContain('waiting for approval'), patient);
    const chat = at.server.world.chats.get(GROUP);
    const old = cards()[0];
    chat?.messages.delete(old?.id ?? 0);
    engine.set(1, { recovery: { reason: 'changed' }, approvals: [{ ...asked, need: 2 }] });
    bot.changed(1);
    const card = () => cards().find(({ text }) => text.includes('waiting for approval'));
    await eventually(() => expect(card()).toBeDefined(), patient);
    await eventually(async () => {
      const { rows } = await pool.query("SELECT message FROM chat_views WHERE platform = 'telegram'");
      expect(rows).toEqual([{ message: String(card()?.id) }]);
    }, patient);
    if (old) chat?.messages.set(old.id, old);
    const press = at.server.people.press(LEE, GROUP, old?.id ?? 0, 'Approve');
    await eventually(() => expect(press.answer?.text).toContain('That card is an old copy'), patient);
    expect(engine.refusals.map(({ what }) => what)).toContain('chat.stale_click');
  }, 40_000);

  test('in a chat that Telegram closed for a while delays no other chat', async () => {
    put({}, 1, GROUP);
    put({}, 2, FORUM);
    at.server.limits.close(GROUP, 60_000);
    const bot = await start();
    bot.changed(1);
    bot.changed(2);
    await eventually(() => expect(title(0, FORUM)).toContain('R-2'), patient);
    engine.set(2, { recovery: ended() });
    bot.changed(2);
    await eventually(() => expect(title(0, FORUM)).toContain('recovered in'), patient);
    expect(cards(GROUP)).toEqual([]);
  }, 40_000);

  test('whose confirmation was lost after a post is shown once more, and the last card is the one that lives', async () => {
    put();
    at.server.faults.dropReply({ method: 'sendMessage' });
    const bot = await start();
    bot.changed(1);
    await eventually(() => expect(cards()).toHaveLength(2), patient);
    engine.set(1, { recovery: ended() });
    bot.changed(1);
    await eventually(() => expect(title(1)).toContain('recovered in'), patient);
    expect(title(0)).toContain('step 1 of 4');
  }, 40_000);

  test('goes on under the new number of a group that became a supergroup', async () => {
    put();
    const bot = await start();
    bot.changed(1);
    await eventually(() => expect(title()).toContain('step 1 of 4'), patient);
    at.server.upgrade(GROUP, -1_009_111_111_111);
    engine.set(1, { recovery: ended() });
    bot.changed(1);
    await eventually(() => expect(title(0, -1_009_111_111_111)).toContain('recovered in'), patient);
    at.server.people.type(LEE, -1_009_111_111_111, '/recover shop-web');
    await eventually(() => expect(title(1, -1_009_111_111_111)).toContain('shop-web'), patient);
  }, 40_000);
});
