import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { type Bot, type BotOptions, createBot } from '../../../src/bot/bot.js';
import type { ChatStore } from '../../../src/bot/chat-store.js';
import { createFeed } from '../../../src/bot/console/feed.js';
import type { ConsoleStore } from '../../../src/bot/console/message.js';
import { createConsolePlatform } from '../../../src/bot/console/platform.js';
import { type Card, type ChatPlatform, RateLimited } from '../../../src/bot/port.js';
import { createChatStore } from '../../../src/store/chat-store.js';
import { createConsoleStore } from '../../../src/store/console-store.js';
import { createOutboxStore } from '../../../src/store/outbox-store.js';
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.js';
import { eventually, withDatabase } from '../../support/index.js';
import { createRecordingPlatform, type RecordingPlatform } from '../../support/recording-platform.js';
import { ago, approval, done, recoveryView, step } from '../../support/recovery-view.js';
import { anIncident } from '../../unit/engine/use-cases/memory-ports.js';

const database = withDatabase();
let pool: Pool;
let store: ChatStore;
let consoleStore: ConsoleStore;
let engine: FakeEngine;
let second: RecordingPlatform;
let running: Bot[] = [];

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  store = createChatStore(pool);
  consoleStore = createConsoleStore<Card>(pool);
});
afterAll(() => pool.end());

beforeEach(async () => {
  await pool.query('TRUNCATE console_messages, chat_views, chat_posts, chat_inputs, chat_cursor, outbox');
  engine = createFakeEngine();
  second = createRecordingPlatform();
});
afterEach(async () => {
  await Promise.all(running.map((bot) => bot.stop()));
  running = [];
});

async function start(
  platforms: ChatPlatform[] = [consolePlatform(), second],
  pollMs = 50,
  language: NonNullable<BotOptions['language']> = () => 'en',
): Promise<Bot> {
  const incidents = { console: 'incidents', second: 'C-INC' };
  const bot = createBot({
    engine,
    platforms,
    store,
    outbox: createOutboxStore(pool),
    channels: { incidents },
    language,
    log: () => {},
    pollMs,
  });
  running.push(bot);
  await bot.start();
  return bot;
}

const consolePlatform = () =>
  createConsolePlatform(
    consoleStore,
    createFeed(consoleStore, () => {}),
    ['incidents', 'ops'],
    0,
  );
const cards = async (channel = 'ops') => consoleStore.list(channel, null, 50);
const thread = async (parent: string, channel = 'ops') =>
  (await consoleStore.list(channel, parent, 50)).flatMap(({ card }) => [card.title, ...card.lines]);
const onSecond = () => second.messages.filter((message) => message.thread === undefined);

/** A recovery that Ann asked for in channel ops of the console. */
function put(parts: Parameters<typeof recoveryView>[0] = {}) {
  const origin = { platform: 'console', channel: 'ops' };
  engine.put(
    recoveryView({
      ...parts,
      recovery: { id: 1, origin, createdAt: new Date(), startedAt: new Date(), ...parts.recovery },
    }),
  );
}

const waiting = () => {
  const now = Date.now();
  return approval({ createdAt: new Date(now), expiresAt: new Date(now + 900_000) });
};
const ended = { state: 'SUCCEEDED' as const, endedAt: new Date(), activeMs: 10 };

describe('the live card', () => {
  test('follows a recovery in one message, edited in place, with a thread that a summary ends', async () => {
    put();
    const bot = await start();
    engine.addEvent(1, 'recovery.started', {});
    bot.changed(1);
    const [first] =
      (await eventually(async () => {
        const found = await cards();
        return found.length === 1 ? found : false;
      })) || [];
    engine.set(1, { steps: [done(0, 400, 0), step(1), step(2), step(3)] });
    engine.addEvent(1, 'step.succeeded', { step: 0, name: 'Stop redis', duration_ms: 400 });
    bot.changed(1);
    await eventually(async () => expect((await cards())[0]?.card.title).toContain('step 2 of 4'));
    engine.set(1, { recovery: ended });
    bot.changed(1);
    await eventually(async () => expect((await cards())[0]?.card.title).toContain('recovered in'));
    const lines = await eventually(async () => {
      const found = await thread(first?.id ?? '');
      return found.length >= 3 ? found : false;
    });
    expect(lines).toEqual(['Started', 'Step 1 "Stop redis" done in 0.4 s', expect.stringContaining('recovered in')]);
    expect(await cards()).toHaveLength(1);
    expect(onSecond()).toHaveLength(0);
  });

  test('while it waits for approval it is in the incidents channel of every other platform, too, and people are asked once', async () => {
    put({ recovery: { state: 'AWAITING_APPROVAL' }, approvals: [waiting()], verbs: ['cancel'] });
    const bot = await start();
    bot.changed(1);
    await eventually(() => expect(onSecond().map(({ channel }) => channel)).toEqual(['C-INC']));
    for (let n = 0; n < 3; n++) bot.changed(1);
    await eventually(() => expect(second.messages.filter((message) => message.thread)).toHaveLength(1));
    expect(second.messages[1]?.card.title).toMatch(
      /^R-1 needs one approval: restores data on redis\. Ann asked \d s ago\. Lee or Max can\.$/,
    );
    engine.set(1, { recovery: { state: 'IN_PROGRESS' }, approvals: [] });
    bot.changed(1);
    await eventually(async () => {
      expect(onSecond()[0]?.card.title).toContain('step 1 of 4');
      expect((await cards())[0]?.card.title).toContain('step 1 of 4');
    });
    expect(second.messages.filter((message) => message.thread)).toHaveLength(1);
  });

  test('people are asked once more at half time, without a signal', async () => {
    const now = Date.now();
    const open = approval({ createdAt: new Date(now - 500), expiresAt: new Date(now + 1_000) });
    put({ recovery: { state: 'AWAITING_APPROVAL' }, approvals: [open] });
    const bot = await start();
    bot.changed(1);
    await eventually(() => {
      const asked = second.messages.filter((message) => message.thread).map(({ card }) => card.title);
      expect(asked).toEqual([expect.stringMatching(/^R-1 needs/), expect.stringMatching(/^Still waiting: R-1 needs/)]);
    });
  });

  test('edits of one message keep their distance, and the last state always arrives', async () => {
    second = createRecordingPlatform('second', 150);
    put({ recovery: { origin: { platform: 'second', channel: 'C-OPS' } } });
    const bot = await start([second]);
    bot.changed(1);
    await eventually(() => expect(onSecond()).toHaveLength(1));
    const wanted = async () => (await store.viewsOf('recovery:1'))[0]?.wanted ?? 0;
    for (let n = 0; n < 6; n++) {
      const before = await wanted();
      engine.set(1, { recovery: { startedAt: ago(n * 1_000, new Date()) } });
      bot.changed(1);
      await eventually(async () => (await wanted()) > before);
    }
    engine.set(1, { recovery: ended });
    bot.changed(1);
    await eventually(() => expect(onSecond()[0]?.card.title).toContain('recovered in'));
    const at = onSecond()[0]?.at ?? [];
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(145);
    expect(at.length).toBeGreaterThan(2);
  });

  test('a platform that is down stops no other, and catches up', async () => {
    put({ recovery: { state: 'AWAITING_APPROVAL' }, approvals: [waiting()] });
    second.down = true;
    const bot = await start();
    bot.changed(1);
    await eventually(async () => expect(await cards()).toHaveLength(1));
    engine.set(1, { recovery: ended, approvals: [] });
    bot.changed(1);
    await eventually(async () => expect((await cards())[0]?.card.title).toContain('recovered'));
    second.down = false;
    await eventually(() => expect(onSecond()[0]?.card.title).toContain('recovered'));
  });

  test('a rate limit is waited for', async () => {
    put({ recovery: { origin: { platform: 'second', channel: 'C-OPS' } } });
    second.failures.push(new RateLimited(300));
    const began = performance.now();
    const bot = await start([second]);
    bot.changed(1);
    await eventually(() => expect(onSecond()).toHaveLength(1));
    expect(performance.now() - began).toBeGreaterThanOrEqual(290);
  });

  test('what happened while a post failed is in the thread afterwards, also when that was the end', async () => {
    put({ recovery: { origin: { platform: 'second', channel: 'C-OPS' }, state: 'AWAITING_MANUAL' } });
    const bot = await start([second]);
    bot.changed(1);
    await eventually(() => expect(onSecond()).toHaveLength(1));
    engine.addEvent(1, 'step.log', { message: 'before' });
    second.down = true;
    bot.changed(1);
    await eventually(async () => expect((await store.viewsOf('recovery:1'))[0]?.threadPending).not.toBeNull());
    engine.addEvent(1, 'step.log', { message: 'meanwhile' });
    engine.set(1, { recovery: ended });
    second.down = false;
    bot.changed(1);
    const told = () =>
      second.messages.filter(({ thread }) => thread).flatMap(({ card }) => [card.title, ...card.lines]);
    await eventually(() => expect(told().join()).toMatch(/before.*meanwhile/), { timeoutMs: 10_000 });
  });

  test('a card that is gone is posted anew also when only its thread has something to say', async () => {
    put({ recovery: { origin: { platform: 'second', channel: 'C-OPS' }, state: 'AWAITING_MANUAL' } });
    const bot = await start([second]);
    bot.changed(1);
    await eventually(() => expect(onSecond()).toHaveLength(1));
    second.lose(onSecond()[0]?.id ?? '');
    engine.addEvent(1, 'recovery.acknowledged', {}, 'Lee');
    bot.changed(1);
    await eventually(() => expect(onSecond()).toHaveLength(2));
    const [, anew] = onSecond();
    await eventually(() => expect(second.messages.map(({ thread }) => thread)).toContain(anew?.id));
  });

  test('a message that was deleted is posted anew, once', async () => {
    put({ recovery: { origin: { platform: 'second', channel: 'C-OPS' } } });
    const bot = await start([second]);
    bot.changed(1);
    await eventually(() => expect(onSecond()).toHaveLength(1));
    second.lose(onSecond()[0]?.id ?? '');
    engine.set(1, { recovery: ended });
    bot.changed(1);
    await eventually(() =>
      expect(onSecond().map(({ card }) => card.title)).toEqual([
        expect.any(String),
        expect.stringContaining('recovered'),
      ]),
    );
  });

  test('after a restart it goes on where it was, with nothing said twice', async () => {
    put();
    engine.addEvent(1, 'recovery.started', {});
    const before = await start();
    before.changed(1);
    await eventually(async () => expect((await cards()).length).toBe(1));
    const [{ id } = { id: '' }] = await cards();
    await eventually(async () => expect(await thread(id)).toEqual(['Started']));
    await before.stop();
    engine.set(1, { recovery: ended });
    await start();
    await eventually(async () => expect((await cards())[0]?.card.title).toContain('recovered'), { timeoutMs: 8_000 });
    await eventually(async () => expect(await thread(id)).toEqual(['Started', expect.stringContaining('recovered')]));
    expect(await cards()).toHaveLength(1);
  }, 15_000);

  test('a crash between a post and its note makes no second message and no doubled line', async () => {
    put();
    engine.addEvent(1, 'recovery.started', {});
    const broken: ChatStore = {
      ...store,
      updateView: async (view, patch) => {
        if (patch.threadCursor !== undefined || patch.message) throw new Error('crashed here');
        return store.updateView(view, patch);
      },
    };
    const incidents = { console: 'incidents' };
    const dying = createBot({
      engine,
      platforms: [consolePlatform()],
      store: broken,
      outbox: createOutboxStore(pool),
      channels: { incidents },
      log: () => {},
      pollMs: 50,
    });
    await dying.start();
    dying.changed(1);
    await eventually(async () => expect(await cards()).toHaveLength(1));
    await dying.stop();
    await pool.query(`UPDATE chat_views SET due_at = now(), not_before = now(), lease_until = now()`);
    await start();
    await eventually(async () => expect(await thread((await cards())[0]?.id ?? '')).toEqual(['Started']));
    expect(await cards()).toHaveLength(1);
  });

  test('two processes show one message', async () => {
    put({ recovery: { state: 'AWAITING_APPROVAL' }, approvals: [waiting()] });
    const bots = await Promise.all([start(), start()]);
    engine.addEvent(1, 'recovery.started', {});
    for (let n = 0; n < 10; n++) for (const bot of bots) bot.changed(1);
    await eventually(async () => expect((await thread((await cards())[0]?.id ?? '')).length).toBe(2));
    engine.set(1, { recovery: ended, approvals: [] });
    for (const bot of bots) bot.changed(1);
    await eventually(() => expect(onSecond()[0]?.card.title).toContain('recovered'));
    expect(onSecond()).toHaveLength(1);
    expect(await cards()).toHaveLength(1);
    expect(second.messages.filter(({ card }) => card.title === 'Started')).toHaveLength(1);
  });

  test('a recovery that no chat asked for is shown in the incidents channels', async () => {
    put({ recovery: { origin: { platform: 'api' } } });
    const bot = await start();
    bot.changed(1);
    await eventually(async () => {
      expect(onSecond()).toHaveLength(1);
      expect(await cards('incidents')).toHaveLength(1);
    });
  });

  test('each channel reads its own language, in the card and in its thread', async () => {
    const bot = await start(undefined, 50, (platform) => (platform === 'second' ? 'ru' : 'en'));
    put({ recovery: { id: 1, state: 'AWAITING_APPROVAL' }, approvals: [waiting()], verbs: ['cancel'] });
    bot.changed(1);
    await eventually(async () => {
      expect((await cards())[0]?.card.title).toBe('R-1 · redis · waiting for approval (1 of 1) · Ann');
      expect(onSecond()[0]?.card.title).toBe('R-1 · redis · ждёт одобрения (1 из 1) · Ann');
      const asked = second.messages.find((message) => message.thread !== undefined);
      expect(asked?.card.title).toMatch(/^R-1: нужно 1 одобрение, восстанавливает данные \(redis\)\./);
    });
    const labels = onSecond()[0]?.card.buttons.map(({ label }) => label);
    expect(labels).toEqual((await cards())[0]?.card.buttons.map(({ label }) => label));
  });

  test('what looks the same is not edited', async () => {
    put({ recovery: { origin: { platform: 'second', channel: 'C-OPS' }, state: 'AWAITING_MANUAL' } });
    const bot = await start([second]);
    bot.changed(1);
    await eventually(() => expect(onSecond()).toHaveLength(1));
    const before = engine.reads;
    for (let n = 1; n <= 3; n++) {
      bot.changed(1);
      await eventually(() => expect(engine.reads).toBeGreaterThanOrEqual(before + n));
    }
    engine.set(1, { recovery: ended });
    bot.changed(1);
    await eventually(() => expect(onSecond()[0]?.card.title).toContain('recovered'));
    expect(onSecond()[0]?.edits).toBe(1);
  });

  test('where much is due at once, what needs people comes first, then ends, then progress', async () => {
    const origin = { platform: 'second', channel: 'C-OPS' };
    const of = (id: number, parts: NonNullable<Parameters<typeof recoveryView>[0]>) =>
      put({ ...parts, recovery: { id, origin, ...parts.recovery } });
    for (const id of [1, 2, 3]) of(id, {});
    of(4, { recovery: ended });
    of(5, { recovery: { state: 'AWAITING_APPROVAL' }, approvals: [waiting()] });
    for (const id of [1, 2, 3, 4, 5]) await store.show(`recovery:${id}`, [origin]);
    await start([second]);
    await eventually(() => expect(onSecond()).toHaveLength(5));
    const names = onSecond().map(({ card }) => /R-\d/.exec(card.title)?.[0]);
    expect(names.slice(0, 2)).toEqual(['R-5', 'R-4']);
  });

  test('a change that nobody signalled is found in the event log', async () => {
    put();
    await start();
    await eventually(async () => expect(await store.cursor()).toBeDefined());
    await pool.query(
      `INSERT INTO events (recovery_id, kind, actor, data) VALUES (1, 'recovery.started', 'reviver', '{}')`,
    );
    await eventually(async () => expect(await cards()).toHaveLength(1));
  });

  test('what was under way before chat was there is shown at the first start', async () => {
    put();
    await start();
    await eventually(async () => expect(await cards()).toHaveLength(1));
  });
});

describe('the post of an incident', () => {
  test('is posted once on every platform, and follows its recovery', async () => {
    const incident = {
      id: 3,
      service: 'redis',
      title: 'RedisDown',
      detail: 'no PING',
      severity: 0.9,
      fingerprint: 'f',
      state: 'open' as const,
      count: 1,
      startedAt: new Date(),
      resolvedAt: null,
      acknowledgedBy: null,
      recoveryId: null,
    };
    engine.setIncident(incident);
    const bot = await start();
    for (let n = 0; n < 5; n++) bot.incidentChanged(3);
    await eventually(async () => {
      expect((await cards('incidents'))[0]?.card.lines[1]).toContain('Remedy: redis_outage');
      expect(onSecond()).toHaveLength(1);
    });
    engine.setIncident({ ...incident, recoveryId: 1 });
    put({ recovery: { incidentId: 3 } });
    bot.changed(1);
    await eventually(() => expect(onSecond()[0]?.card.title).toContain('recovering, R-1'));
    engine.setIncident({ ...incident, recoveryId: 1, state: 'resolved' as 'open', resolvedAt: null });
    engine.set(1, { recovery: ended });
    bot.changed(1);
    await eventually(() => expect(onSecond()[0]?.card.title).toMatch(/recovered in .* by R-1/));
    expect(await cards('incidents')).toHaveLength(1);
  });

  test('that is silenced is not posted, and followed where it stands', async () => {
    const silence = { until: new Date(Date.now() + 3_600_000), by: 'Ann' };
    const open = { ...anIncident({ id: 4 }), startedAt: new Date() };
    engine.setIncident({ ...open, silence });
    engine.setIncident({ ...open, id: 5, title: 'WebDown' });
    const bot = await start();
    bot.incidentChanged(4);
    bot.incidentChanged(5);
    await eventually(() =>
      expect(onSecond().map(({ card }) => card.title)).toEqual([expect.stringMatching(/^WebDown/)]),
    );
    engine.setIncident({ ...open, id: 5, title: 'WebDown', silence });
    bot.incidentChanged(5);
    await eventually(() => expect(onSecond()[0]?.card.lines.join()).toContain('Silenced by Ann'));
    engine.setIncident(open);
    bot.incidentChanged(4);
    await eventually(() => expect(onSecond()).toHaveLength(2));
  });
});
