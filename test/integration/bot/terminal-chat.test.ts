import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { type Bot, createBot } from '../../../src/bot/bot.js';
import { createConsole } from '../../../src/bot/console/console.js';
import { consoleRoutes, consoleSocket } from '../../../src/bot/console/routes.js';
import type { Card } from '../../../src/bot/port.js';
import { runChat } from '../../../src/bot/terminal/run-chat.js';
import { createChatStore } from '../../../src/store/chat-store.js';
import { createConsoleStore } from '../../../src/store/console-store.js';
import { createOutboxStore } from '../../../src/store/outbox-store.js';
import { type ApiServer, startApi } from '../../support/api-server.js';
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.js';
import { eventually, withDatabase } from '../../support/index.js';

const database = withDatabase();
let pool: Pool;
let engine: FakeEngine;
let bot: Bot;
let server: ApiServer;
let opened: Chat[] = [];

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
});
afterAll(() => pool.end());

beforeEach(async () => {
  await pool.query('TRUNCATE console_messages, chat_views, chat_inputs, chat_cursor');
  engine = createFakeEngine();
  const log = () => {};
  const { platform, doors } = createConsole({
    engine,
    store: createConsoleStore<Card>(pool),
    channels: ['incidents'],
    log,
  });
  bot = createBot({
    engine,
    platforms: [platform],
    store: createChatStore(pool),
    outbox: createOutboxStore(pool),
    channels: { incidents: { console: 'incidents' } },
    log,
    pollMs: 50,
  });
  await bot.start();
  server = await startApi({ engine, routes: consoleRoutes(doors), sockets: [consoleSocket(doors)] });
});
afterEach(async () => {
  await Promise.all(opened.map((chat) => chat.leave()));
  opened = [];
  await server.close();
  await bot.stop();
});

interface Chat {
  type(line: string): void;
  screen(): string;
  leave(): Promise<void>;
}

function open(token: string, tty = false): Chat {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { isTTY: tty, columns: 110 });
  let text = '';
  output.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const over = runChat({ url: server.url, token, channel: 'incidents', input, output });
  const chat: Chat = {
    type: (line) => void input.write(`${line}\n`),
    screen: () => text,
    leave: async () => {
      input.end();
      await over;
    },
  };
  opened.push(chat);
  return chat;
}

describe('reviver chat', () => {
  test('two people recover a service: one asks, the other presses Approve by its number', async () => {
    const [ann, lee] = [open('tok-ann'), open('tok-lee')];
    await eventually(() => expect(lee.screen()).toContain('Lee in incidents'));
    ann.type('/recover redis');
    await eventually(() => expect(lee.screen()).toContain('[1 Approve] [2 Reject]'));
    expect(lee.screen()).toMatch(/│ Ann\n +│ \/recover redis/);
    expect(lee.screen()).toContain('🟡 R-1 · redis · waiting for approval (1 of 1) · Ann');
    await eventually(() => expect(lee.screen()).toMatch(/┆ .*R-1 needs one approval/));
    lee.type('1');
    await eventually(() => expect(lee.screen()).toContain('Approved. R-1 goes on.'));
    bot.changed(1);
    await eventually(() => expect(ann.screen()).toContain('🔵 R-1 · redis · step 1 of 4'));
    expect(ann.screen()).not.toContain('Approved. R-1 goes on.');
  });

  test('a slip is answered privately, and its way out is a number', async () => {
    const ann = open('tok-ann');
    await eventually(() => expect(ann.screen()).toContain('Ann in incidents'));
    ann.type('rediss');
    await eventually(() => expect(ann.screen()).toContain('Did you mean redis?\n'));
    expect(ann.screen()).toContain('Reviver, only to you');
    ann.type('1');
    await eventually(() => expect(ann.screen()).toContain('R-1 · redis · waiting for approval'));
  });

  test('what could do harm is asked once more', async () => {
    const ann = open('tok-ann');
    await eventually(() => expect(ann.screen()).toContain('Ann in incidents'));
    ann.type('redis');
    await eventually(() => expect(ann.screen()).toContain('[4 Cancel]'));
    ann.type('4');
    await eventually(() => expect(ann.screen()).toContain('Type yes.'));
    expect(engine.calls.some((call) => call.startsWith('cancel'))).toBe(false);
    ann.type('yes');
    await eventually(() => expect(engine.calls).toContain('cancel R-1 by Ann'));
  });

  test('a change prints only what is new, and on a terminal redraws the last card in place', async () => {
    const [plain, tty] = [open('tok-ann'), open('tok-lee', true)];
    await eventually(() => expect(tty.screen()).toContain('Lee in incidents'));
    plain.type('redis');
    await eventually(() => expect(plain.screen()).toMatch(/needs one approval/));
    await eventually(() => expect(tty.screen()).toMatch(/needs one approval/));
    const before = plain.screen().length;
    engine.set(1, { recovery: { state: 'IN_PROGRESS' }, approvals: [] });
    bot.changed(1);
    await eventually(() => expect(plain.screen()).toContain('step 1 of 4'));
    expect(plain.screen().slice(before)).not.toContain('Verify: PING answers');
    engine.set(1, { recovery: { reason: 'again', cancelBy: 'Lee' } });
    bot.changed(1);
    await eventually(() => expect(tty.screen()).toContain('cancelling for Lee'));
    expect(tty.screen()).toContain('A\r\u001b[J');
    expect(plain.screen()).not.toContain('\u001b');
  });

  test('help, an unknown button and exit', async () => {
    const ann = open('tok-ann');
    ann.type('help');
    await eventually(() => expect(ann.screen()).toContain('What Reviver understands'));
    ann.type('9');
    await eventually(() => expect(ann.screen()).toContain('There is no button 9.'));
    ann.type('exit');
    await ann.leave();
  });

  test('a refused token and an unknown channel are said in one sentence', async () => {
    const base = { url: server.url, input: new PassThrough(), output: new PassThrough() };
    await expect(runChat({ ...base, token: 'nope' })).rejects.toThrow(/not known/);
    await expect(runChat({ ...base, token: 'tok-bot' })).rejects.toThrow(/console is for people/);
    await expect(runChat({ ...base, token: 'tok-ann', channel: 'x' })).rejects.toThrow(
      'No channel "x". Did you mean incidents?',
    );
    await expect(runChat({ ...base, url: 'http://127.0.0.1:9', token: 't' })).rejects.toThrow(/does not answer/);
  });
});

describe('the console over HTTP', () => {
  test('says who one is, and which channels there are', async () => {
    expect((await server.call('GET', '/console/api/me')).body).toMatchObject({
      name: 'Ann',
      user: 'ann',
      channels: ['incidents'],
    });
    expect((await server.call('GET', '/console/api/channels')).body).toEqual({
      items: [{ name: 'incidents', language: 'en' }],
    });
  });

  test.each([
    ['no body', undefined, 422],
    ['another field', { channel: 'incidents', text: 'help', txt: 1 }, 422],
    ['an unknown channel', { channel: 'x', text: 'help' }, 404],
    ['an unknown thread', { channel: 'incidents', text: 'help', thread: 'abc' }, 404],
  ])('%s is refused', async (_name, body, status) => {
    expect((await server.call('POST', '/console/api/commands', { body })).status).toBe(status);
  });

  test('a command is answered 202 with its private replies', async () => {
    const { status, body } = await server.call('POST', '/console/api/commands', {
      body: { channel: 'incidents', text: 'whoami' },
    });
    expect(status).toBe(202);
    expect(body.replies[0].card.title).toBe('You are Ann, on console.');
  });

  test('needs a token', async () => {
    expect((await server.call('GET', '/console/api/me', { token: null })).status).toBe(401);
  });
});
