import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { createConsole } from '../../../src/bot/console/console.js';
import type { ConsoleEvent, ConsoleStore } from '../../../src/bot/console/message.js';
import type { Card } from '../../../src/bot/port.js';
import { renderCard } from '../../../src/bot/terminal/render-card.js';
import type { Principal } from '../../../src/engine/model/person.js';
import { createConsoleStore } from '../../../src/store/console-store.js';
import { createTestDesk } from '../../support/desk.js';
import { createFakeEngine, PEOPLE } from '../../support/fake-engine.js';
import { eventually, withDatabase } from '../../support/index.js';
import { chatPlatformContract } from './chat-platform-contract.js';

const database = withDatabase();
let pool: Pool;
let store: ConsoleStore;
const log = () => {};
const principal = (user: string): Principal => {
  const person = PEOPLE.find(({ ids }) => ids.console === user);
  return { name: person?.name ?? user, roles: person?.roles ?? [], human: person !== undefined, via: 'api' };
};
const text = (card: Card) => renderCard(card, { colour: false, width: 200 });

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  store = createConsoleStore<Card>(pool);
});
afterAll(() => pool.end());

const make = async () => {
  await pool.query('TRUNCATE console_messages');
  const engine = createFakeEngine();
  return { engine, ...createConsole({ engine, store, channels: ['incidents', 'ops'], log }) };
};

chatPlatformContract('the console', async () => {
  const { platform, doors } = await make();
  const seenBy = async (thread?: string) =>
    (await doors.messages('incidents', { limit: 50, ...(thread === undefined ? {} : { thread }) })).items.filter(
      ({ author }) => author === 'Reviver',
    );
  return {
    platform,
    channel: 'incidents',
    seen: async (thread) =>
      (await seenBy(thread)).map(({ id, card }) => ({
        message: id,
        text: text(card),
        buttons: card.buttons.map(({ label }) => label),
      })),
    type: async (user, line, id) =>
      (await doors.command(principal(user), { channel: 'incidents', text: line, id })).replies.map(({ card }) =>
        text(card),
      ),
    press: async (user, message, label) => {
      const found = await store.get(message);
      const command = found?.card.buttons.find((button) => button.label === label)?.command ?? '';
      return (await doors.click(principal(user), { message, command })).replies.map(({ card }) => text(card));
    },
    remove: async (message) => void (await pool.query('DELETE FROM console_messages WHERE id = $1', [message])),
    close: async () => {},
  };
});

const CARD: Card = {
  tone: 'neutral',
  title: 'a card',
  lines: [],
  buttons: [{ label: 'Details', command: 'status R-1' }],
};

describe('the console', () => {
  test('shows what a person typed under their name', async () => {
    const { platform, doors } = await make();
    await platform.start(createTestDesk());
    await doors.command(principal('lee'), { channel: 'ops', text: '/recover redis' });
    const { items } = await doors.messages('ops', { limit: 10 });
    expect(items.map(({ author, card }) => `${author}: ${card.title}`)).toEqual(['Lee: /recover redis']);
  });

  test('a command that is not on the card is refused privately and recorded', async () => {
    const { engine, platform, doors } = await make();
    let inputs = 0;
    await platform.start(createTestDesk(async () => void inputs++));
    const ref = await platform.post('incidents', CARD, { key: 'x', urgency: 0 });
    const forged = await doors.click(principal('ann'), { message: ref.message, command: 'approve R-1 00000000' });
    await platform.edit(ref, { ...CARD, buttons: [] }, 1);
    const stale = await doors.click(principal('ann'), { message: ref.message, command: 'status R-1' });
    for (const { replies } of [forged, stale])
      expect(replies[0]?.card.title).toMatch(/this button is no longer on it\. Nothing was done/);
    expect(inputs).toBe(0);
    expect(engine.refusals.map(({ what, who }) => `${what} ${who}`)).toEqual([
      'chat.stale_click Ann',
      'chat.stale_click Ann',
    ]);
  });

  test('a token without a person, or a person without a console id, is told what to mend', async () => {
    const { doors } = await make();
    const robot: Principal = { name: 'token:ci', roles: ['responder'], human: false, via: 'api' };
    await expect(doors.command(robot, { channel: 'incidents', text: 'redis' })).rejects.toThrow(/made with --person/);
  });

  test('unknown channels are named', async () => {
    const { doors } = await make();
    await expect(doors.messages('nowhere', { limit: 1 })).rejects.toThrow(
      'No channel "nowhere". Did you mean incidents?',
    );
  });

  test('roles that the token lacks do not count', async () => {
    const { platform, doors } = await make();
    const seen: unknown[] = [];
    await platform.start(createTestDesk(async (input) => void seen.push(input.roles)));
    await doors.command({ ...principal('lee'), roles: ['viewer'] }, { channel: 'ops', text: 'redis' });
    expect(seen).toEqual([['viewer']]);
  });

  test('a reply that takes too long is not waited for', async () => {
    const { platform } = await make();
    const engine = createFakeEngine();
    const slow = createConsole({ engine, store, channels: ['incidents'], log, replyWithinMs: 20 });
    let finish: (() => void) | undefined;
    await slow.platform.start(
      createTestDesk(
        () =>
          new Promise((resolve) => {
            finish = resolve;
          }),
      ),
    );
    const { replies } = await slow.doors.command(principal('ann'), { channel: 'incidents', text: 'redis' });
    expect(replies).toEqual([]);
    finish?.();
    await platform.stop();
  });
});

describe('the stream of the console', () => {
  const listen = (doors: Awaited<ReturnType<typeof make>>['doors'], user: string, since?: number) => {
    const events: ConsoleEvent[] = [];
    const end = new AbortController();
    const over = doors.stream(principal(user), since, (event) => events.push(event), end.signal);
    return {
      events,
      end: async () => {
        end.abort();
        await over;
      },
    };
  };
  const titles = (events: ConsoleEvent[]) =>
    events.map((event) => (event.type === 'message' ? event.message.card.title : `private: ${event.reply.card.title}`));

  test('brings posts and edits in order, and goes on after a version', async () => {
    const { platform, doors } = await make();
    const { version } = await doors.messages('incidents', { limit: 1 });
    const ref = await platform.post('incidents', CARD, { key: 'y', urgency: 0 });
    const early = listen(doors, 'ann', version);
    await platform.edit(ref, { ...CARD, title: 'edited' }, 1);
    await eventually(() => expect(titles(early.events).at(-1)).toBe('edited'));
    await early.end();
    const [last] = early.events.slice(-1);
    const later = listen(doors, 'ann', last?.type === 'message' ? last.message.version : 0);
    await platform.post('incidents', { ...CARD, title: 'new' }, { key: 'z', urgency: 0 });
    await eventually(() => expect(titles(later.events)).toEqual(['new']));
    await later.end();
  });

  test('a private reply goes to its person alone', async () => {
    const { platform, doors } = await make();
    await platform.start(createTestDesk((input) => platform.reply(input, { ...CARD, title: 'secret' })));
    const ann = listen(doors, 'ann', 0);
    const lee = listen(doors, 'lee', 0);
    await doors.command(principal('ann'), { channel: 'incidents', text: 'whoami' });
    await eventually(() => expect(titles(lee.events)).toEqual(['/recover whoami']));
    expect(titles(ann.events)).toContain('private: secret');
    await Promise.all([ann.end(), lee.end()]);
  });

  test('versions become visible in their order, also with many writers', async () => {
    const { platform, doors } = await make();
    const { version } = await doors.messages('incidents', { limit: 1 });
    const all = listen(doors, 'ann', version);
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        platform.post('incidents', { ...CARD, title: `n${n}` }, { key: `n${n}`, urgency: 0 }),
      ),
    );
    await eventually(() => expect(all.events).toHaveLength(60));
    await all.end();
    const versions = all.events.map((event) => (event.type === 'message' ? event.message.version : 0));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(60);
  });
});
