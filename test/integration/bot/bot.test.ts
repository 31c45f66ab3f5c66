import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { type Bot, createBot } from '../../../src/bot/bot.js';
import type { ChatStore } from '../../../src/bot/chat-store.js';
import type { ChatPlatform, Desk } from '../../../src/bot/port.js';
import { createChatStore } from '../../../src/store/chat-store.js';
import { createOutboxStore } from '../../../src/store/outbox-store.js';
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.js';
import { eventually, withDatabase } from '../../support/index.js';
import { createRecordingPlatform, type RecordingPlatform } from '../../support/recording-platform.js';
import { approval, recoveryView, type ViewParts } from '../../support/recovery-view.js';

const database = withDatabase();
const OPS = { platform: 'one', channel: 'C-OPS' };
let pool: Pool;
let store: ChatStore;
let engine: FakeEngine;
let one: RecordingPlatform;
let two: RecordingPlatform;
let bot: Bot | undefined;

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  store = createChatStore(pool);
});
afterAll(() => pool.end());
beforeEach(async () => {
  await pool.query('TRUNCATE chat_views, chat_posts, chat_inputs, chat_cursor, outbox');
  engine = createFakeEngine();
  one = createRecordingPlatform('one');
  two = createRecordingPlatform('two');
});
afterEach(() => bot?.stop());

async function start(): Promise<Bot> {
  bot = createBot({
    engine,
    platforms: [one, two],
    store,
    outbox: createOutboxStore(pool),
    channels: { incidents: { one: 'C-ONE', two: 'C-TWO' } },
    log: () => {},
    pollMs: 50,
  });
  await bot.start();
  return bot;
}

/** What the bot gives to this platform at its start. */
function deskOf(platform: ChatPlatform): Promise<Desk> {
  return new Promise((resolve) => {
    platform.start = async (desk) => resolve(desk);
  });
}

function put(id: number, parts: ViewParts = {}): void {
  const fresh = { id, origin: OPS, createdAt: new Date(), startedAt: new Date() };
  engine.put(recoveryView({ ...parts, recovery: { ...fresh, ...parts.recovery } }));
}

describe('the bot', () => {
  test('starts the others when one platform cannot even start', async () => {
    put(1, { recovery: { origin: { platform: 'api' } } });
    one.start = () => Promise.reject(new Error('SLACK_BOT_TOKEN must begin with xoxb-'));
    await start();
    await eventually(() => expect(two.messages.map(({ channel }) => channel)).toEqual(['C-TWO']));
  });

  test('gives a page that begins with how things are, and then has what waits for people', async () => {
    const desk = deskOf(one);
    put(1);
    put(2, { recovery: { state: 'AWAITING_APPROVAL' }, approvals: [approval()] });
    await start();
    const shown = await (await desk).home('en');
    expect(shown.map(({ title }) => /R-\d/.exec(title)?.[0])).toEqual([undefined, 'R-2', 'R-1']);
  });

  test('records a click that a platform itself refuses, with where it was and never with what was written', async () => {
    const desk = deskOf(one);
    await start();
    const click = { id: '1', user: '666', text: 'token=hunter2', origin: OPS, facts: { team: 'T9' } };
    (await desk).refused?.(click, 'unknown button');
    await eventually(() => expect(engine.refusals).toHaveLength(1));
    expect(engine.refusals).toMatchObject([
      { what: 'chat.refused_click', who: 'one:666', facts: { channel: 'C-OPS', team: 'T9', reason: 'unknown button' } },
    ]);
    expect(JSON.stringify(engine.refusals)).not.toContain('hunter2');
  });

  test('knows a card where it stands, and nowhere else', async () => {
    put(1);
    (await start()).changed(1);
    await eventually(() => expect(one.messages).toHaveLength(1));
    const message = one.messages[0]?.id ?? '';
    await eventually(async () => expect(await store.knows({ ...OPS, message })).toBe(true));
    for (const elsewhere of [{ channel: 'C-ONE' }, { platform: 'two' }, { message: `${message}0` }])
      expect(await store.knows({ ...OPS, message, ...elsewhere })).toBe(false);
  });
});
