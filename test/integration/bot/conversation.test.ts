import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import type { ChatStore, Place } from '../../../src/bot/chat-store.js';
import { COMMANDS } from '../../../src/bot/commands/table.js';
import { createConversation } from '../../../src/bot/conversation.js';
import type { Card, ChatInput } from '../../../src/bot/port.js';
import { createChatStore } from '../../../src/store/chat-store.js';
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.js';
import { withDatabase } from '../../support/index.js';

const database = withDatabase();
let pool: Pool;
let store: ChatStore;
let engine: FakeEngine;
let shown: { id: number; place: Place }[];
let logged: string[];
let serial = 0;

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  store = createChatStore(pool);
});
afterAll(() => pool.end());
beforeEach(() => {
  engine = createFakeEngine();
  shown = [];
  logged = [];
});

async function say(
  over: Partial<ChatInput> & { text: string },
  dedupe: Pick<ChatStore, 'firstSeen'> = store,
): Promise<Card[]> {
  const live = {
    changed: () => {},
    incidentChanged: () => {},
    show: async (id: number, place: Place) => void shown.push({ id, place }),
  };
  const log = (_level: string, message: string) => void logged.push(message);
  const onInput = createConversation({ engine, store: dedupe, live, commands: COMMANDS, log, now: () => new Date() });
  const cards: Card[] = [];
  const input: ChatInput = {
    id: `t${++serial}`,
    origin: { platform: 'console', channel: 'ops' },
    user: 'ann',
    ...over,
  };
  await onInput(input, { privately: async (card) => void cards.push(card) });
  return cards;
}

describe('a conversation', () => {
  test('a command starts a recovery, and its card is shown where it was typed', async () => {
    expect(await say({ text: 'redis' })).toEqual([]);
    expect(shown).toMatchObject([{ id: 1, place: { platform: 'console', channel: 'ops' } }]);
  });

  test('the same input again does nothing, also in another process', async () => {
    await say({ id: 'same', text: 'redis' });
    expect(await say({ id: 'same', text: 'redis' })).toEqual([]);
    expect(engine.calls).toHaveLength(1);
  });

  test('fifty deliveries at once are one', async () => {
    await Promise.all(Array.from({ length: 50 }, () => say({ id: 'burst', text: 'redis' })));
    expect(engine.calls).toHaveLength(1);
  });

  test('a click and a typed command take one path', async () => {
    await say({ text: 'redis' });
    const clicked = { platform: 'console', channel: 'ops', message: '5' };
    const [mine] = await say({ text: 'approve R-1 7f3a91c2', clicked });
    expect(mine?.title).toBe('You asked for this plan, so someone else must approve it. Lee can.');
    const [theirs] = await say({ user: 'lee', text: 'approve R-1 7f3a91c2', clicked });
    expect(theirs?.title).toBe('Approved. R-1 goes on.');
    expect(engine.calls.slice(1)).toEqual(['approve R-1 by Ann via console', 'approve R-1 by Lee via console']);
  });

  test('one person is one principal on two platforms', async () => {
    await say({ text: 'redis' });
    const [card] = await say({ user: '101', origin: { platform: 'second', channel: 'C' }, text: 'approve R-1' });
    expect(card?.title).toMatch(/^You asked for this plan/);
  });

  test('a stranger is refused privately and recorded, without what they wrote', async () => {
    const [card] = await say({ user: 'mallory', text: 'redis token=hunter2' });
    expect(card?.title).toMatch(/does not know you here, so nothing was done/);
    expect(engine.calls).toEqual([]);
    expect(engine.refusals).toEqual([
      {
        what: 'chat.unknown_person',
        who: 'console:mallory',
        facts: { platform: 'console', channel: 'ops', clicked: false, command: 'redis' },
      },
    ]);
  });

  test('an id of one platform means nobody on another', async () => {
    const [card] = await say({ user: '101', text: 'whoami' });
    expect(card?.title).toMatch(/does not know you/);
  });

  test('roles that the login lacks do not count', async () => {
    await say({ text: 'redis' });
    const [card] = await say({ user: 'lee', roles: ['viewer'], text: 'approve R-1' });
    expect(card?.title).toBe('Lee may not do this: it needs the role approver.');
  });

  test('a conflict leads to the recovery that is in the way', async () => {
    await say({ text: 'redis' });
    const [card] = await say({ text: 'redis --strategy restart' });
    expect(card?.title).toBe('R-1 is under way for redis. Wait for it, or cancel it.');
    expect(card?.buttons).toEqual([{ label: 'Details', command: 'status R-1' }]);
  });

  test('a defect of ours is told with an id that is in the log, and without its text', async () => {
    engine.status = async () => {
      throw new Error('password=hunter2');
    };
    const [card] = await say({ text: 'status' });
    expect(card?.title).toMatch(/^Something went wrong inside Reviver \(error [0-9a-f]{8} in its log\)/);
    expect(logged).toEqual(['chat:internal_error']);
  });

  test('commands are answered while the database is gone, and repeats are still known', async () => {
    const live = {
      changed: () => {},
      incidentChanged: () => {},
      show: async () => {
        throw new Error('gone');
      },
    };
    const gone = {
      firstSeen: async () => {
        throw new Error('gone');
      },
    };
    const onInput = createConversation({
      engine,
      store: gone,
      live,
      commands: COMMANDS,
      log: () => {},
      now: () => new Date(),
    });
    const cards: Card[] = [];
    const input: ChatInput = { id: 'x', origin: { platform: 'console', channel: 'ops' }, user: 'ann', text: 'redis' };
    for (let n = 0; n < 2; n++) await onInput(input, { privately: async (card) => void cards.push(card) });
    expect(engine.calls).toHaveLength(1);
    expect(cards).toEqual([]);
  });

  test('old inputs are forgotten', async () => {
    await say({ id: 'old', text: 'whoami' });
    await store.forget(0);
    expect(await store.firstSeen('console', 'old')).toBe(true);
  });
});
