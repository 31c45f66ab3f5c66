import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { chatEffects } from '../../../src/bot/chat-effects.js';
import type { ChatStore } from '../../../src/bot/chat-store.js';
import { createOutboxSender, GiveUp, type OutboxSender, resendDelayMs, type Send } from '../../../src/bot/outbox.js';
import { RateLimited } from '../../../src/bot/port.js';
import { createChatStore } from '../../../src/store/chat-store.js';
import { createOutboxStore } from '../../../src/store/outbox-store.js';
import { anEscalation } from '../../support/an-escalation.js';
import { at } from '../../support/builders.js';
import { eventually, withDatabase } from '../../support/index.js';
import { createRecordingPlatform, type RecordingPlatform } from '../../support/recording-platform.js';

const database = withDatabase();
let pool: Pool;
let store: ChatStore;
let platforms: [RecordingPlatform, RecordingPlatform];
let senders: OutboxSender[] = [];

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  store = createChatStore(pool);
});
afterAll(() => pool.end());
beforeEach(async () => {
  await pool.query('TRUNCATE outbox, chat_views, chat_posts');
  platforms = [createRecordingPlatform('one'), createRecordingPlatform('two')];
});
afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.stop()));
  senders = [];
});

function start(more: [string, Send][] = []): OutboxSender {
  const effects = chatEffects({
    platforms,
    store,
    incidents: { one: 'inc-1', two: 'inc-2' },
    channels: { ops: { one: 'ops-1', two: 'ops-2' } },
    incidentChanged: () => {},
    mentions: ({ asker = '' }, platform) => [{ id: `${asker} on ${platform}`, name: asker, kind: 'person' }],
    placesOf: async () => [
      { platform: 'one', channel: 'inc-1' },
      { platform: 'two', channel: 'inc-2' },
    ],
    language: () => 'en',
    escalation: async (id) => anEscalation({ id, recoveryId: 7 }),
    callOf: async () => ({ role: 'responder', people: [], asker: 'Ann' }),
    now: () => at(0),
  });
  const sender = createOutboxSender({
    store: createOutboxStore(pool),
    sends: new Map([...effects, ...more]),
    log: () => {},
    pollMs: 30,
  });
  senders.push(sender);
  sender.start();
  return sender;
}

const write = (key: string, kind: string, payload: object) =>
  pool.query('INSERT INTO outbox (key, kind, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
    key,
    kind,
    payload,
  ]);
const row = async (key: string) =>
  (
    await pool.query<{ attempts: number; done: boolean; error: string | null }>(
      'SELECT attempts, done_at IS NOT NULL AS done, error FROM outbox WHERE key = $1',
      [key],
    )
  ).rows[0];
const titles = (platform: RecordingPlatform) => platform.messages.map(({ card }) => card.title);

describe('the outbox sender', () => {
  test('posts a message to every incidents channel once, with two senders', async () => {
    for (let n = 0; n < 20; n++) await write(`k${n}`, 'chat.message', { text: `line ${n}` });
    start();
    start();
    await eventually(() => expect(platforms[0].messages).toHaveLength(20));
    await eventually(async () =>
      expect((await pool.query('SELECT 1 FROM outbox WHERE done_at IS NULL')).rowCount).toBe(0),
    );
    for (const platform of platforms) expect(new Set(titles(platform)).size).toBe(platform.messages.length);
  });

  test('posts into the thread of a recovery, wherever it is shown', async () => {
    await store.show('recovery:7', [{ platform: 'one', channel: 'ops' }]);
    await pool.query(`UPDATE chat_views SET message = 'm77'`);
    await write('t', 'chat.message', { text: 'keys restored', recovery: 7 });
    start();
    await eventually(() =>
      expect(platforms[0].messages).toMatchObject([
        { channel: 'ops', thread: 'm77', card: { title: 'keys restored' } },
      ]),
    );
    expect(platforms[1].messages).toEqual([]);
  });

  test('a call for people waits for the places where its recovery is yet to be shown, and calls once in each', async () => {
    await store.show('recovery:7', [{ platform: 'one', channel: 'inc-1' }]);
    await pool.query(`UPDATE chat_views SET message = 'card-1'`);
    start();
    const call = { role: 'responder', people: [], asker: 'Ann' };
    await write('help', 'chat.message', { recovery: 7, text: 'R-7 needs people', call });
    await eventually(() => expect(platforms[0].messages).toHaveLength(1));
    expect(platforms[1].messages).toEqual([]);
    await pool.query(`UPDATE chat_views SET message = 'card-2' WHERE platform = 'two'`);
    await eventually(() => expect(platforms[1].messages).toMatchObject([{ thread: 'card-2', channel: 'inc-2' }]));
    expect(platforms[0].messages).toMatchObject([{ thread: 'card-1' }]);
    expect(platforms.flatMap(({ messages }) => messages.map(({ mention }) => mention?.map(({ id }) => id)))).toEqual([
      ['Ann on one'],
      ['Ann on two'],
    ]);
  });

  test('a call of an escalation has its button, and is done when one place shows it and another cannot', async () => {
    await store.show('recovery:7', [
      { platform: 'one', channel: 'inc-1' },
      { platform: 'two', channel: 'inc-2' },
    ]);
    await pool.query(`UPDATE chat_views SET message = 'card'`);
    platforms[1].failures.push(...Array.from({ length: 20 }, () => new RateLimited(5)));
    await write('c', 'chat.call', { escalation: 5, level: 0, channel: 'chat', target: 'chat', action: 'trigger' });
    start();
    await eventually(async () => expect(await row('c')).toMatchObject({ done: true }));
    expect(platforms[0].messages).toMatchObject([
      {
        thread: 'card',
        card: {
          title: 'R-7 · redis needs people: Step 2 "Start redis": outcome unknown',
          buttons: [{ label: 'Acknowledge', command: 'ack E-5' }, { label: 'Details' }],
        },
      },
    ]);
    expect(platforms[1].messages).toEqual([]);
  });

  test('a notice to a channel of the configuration goes to every platform that has it', async () => {
    await write('n', 'chat.message', { text: 'maintenance begins', to: 'ops' });
    await write('m', 'chat.message', { text: 'maintenance begins', to: 'opps' });
    start();
    await eventually(async () => expect(await row('m')).toMatchObject({ done: true }));
    await eventually(() => expect(platforms.map(({ messages }) => messages.length)).toEqual([1, 1]));
    expect(platforms[0].messages).toMatchObject([{ channel: 'ops-1' }]);
  });

  test('a place that got it does not get it again while another one fails', async () => {
    platforms[1].failures.push(new Error('boom'));
    await write('p', 'chat.message', { text: 'hello' });
    start();
    await eventually(async () => expect(await row('p')).toMatchObject({ done: true, attempts: 2 }));
    expect(platforms.map((platform) => platform.messages.length)).toEqual([1, 1]);
  });

  test('keeps the error and waits as the platform asks', async () => {
    platforms[0].failures.push(new RateLimited(10));
    await write('r', 'chat.message', { text: 'hello', platform: 'one' });
    start();
    await eventually(async () => expect(await row('r')).toEqual({ done: true, attempts: 2, error: null }));
  });

  test('one row that fails holds up no other', async () => {
    const failing: Send = async () => {
      throw new Error('no such pager');
    };
    await write('bad', 'page', {});
    await write('good', 'chat.message', { text: 'hello' });
    start([['page', failing]]);
    await eventually(async () => expect((await row('good'))?.done).toBe(true));
    expect(await row('bad')).toMatchObject({ done: false, error: 'no such pager' });
  });

  test('what can never be sent is closed with its error', async () => {
    await write('never', 'x', {});
    await write('garbage', 'chat.message', { words: 1 });
    start([
      [
        'x',
        async () => {
          throw new GiveUp('no such channel');
        },
      ],
    ]);
    await eventually(async () => {
      expect(await row('never')).toMatchObject({ done: true, error: 'no such channel' });
      expect(await row('garbage')).toMatchObject({ done: true, error: expect.stringContaining('bad payload') });
    });
  });

  test('rows of other kinds are left alone', async () => {
    await write('mail', 'email', {});
    await write('after', 'chat.message', { text: 'hello' });
    start();
    await eventually(async () => expect((await row('after'))?.done).toBe(true));
    expect(await row('mail')).toEqual({ attempts: 0, done: false, error: null });
  });

  test('delays double from one second to a minute', () => {
    expect([1, 2, 3, 6, 7, 50].map((attempts) => resendDelayMs(attempts, new Error('x')))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ]);
    expect(resendDelayMs(1, new RateLimited(7_000))).toBe(7_000);
  });
});
