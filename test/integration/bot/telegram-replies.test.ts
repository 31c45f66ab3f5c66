import { describe, expect, test } from '@jest/globals';
import type { Card } from '../../../src/bot/port.js';
import { ANN, CARD, FORUM, GROUP, MAX, type Scene, type SceneOptions } from '../../platforms/telegram/scene.js';
import { withTelegram } from '../../platforms/telegram/with-telegram.js';
import { BOT } from '../../platforms/telegram/world.js';
import { createTestDesk } from '../../support/desk.js';
import { eventually } from '../../support/eventually.js';

const unstarted = withTelegram();
const SHORT: Card = {
  tone: 'attention',
  title: 'You asked for this plan, so someone else must approve it. Lee can.',
  lines: [],
  buttons: [],
};
const LONG: Card = {
  ...CARD,
  title: 'R-41 · redis · details',
  lines: Array.from({ length: 10 }, (_, n) => `line ${n} of the details`),
};

const scene = async (answer: Card | undefined, options: SceneOptions = {}) => {
  const made = await unstarted(options);
  made.handle.now = async (input) => {
    if (answer) await made.platform.reply(input, answer);
  };
  await made.start();
  return made;
};

async function press(at: Scene, user = ANN, button = 'Approve') {
  const ref = await at.platform.post(String(GROUP), CARD, { key: `k${at.server.calls.length}`, urgency: 0 });
  return at.server.people.press(user, GROUP, Number(ref.message), button);
}
const inGroup = ({ server }: Scene, chat = GROUP) =>
  server.written(chat).filter(({ text }) => !text.includes('waiting for approval'));
const privately = ({ server }: Scene, user = ANN) => server.written(user);

test('help tells how the bot is named in groups with several of them', async () => {
  const at = await scene(undefined);
  await eventually(() => expect(at.platform.howToType?.('en')).toContain(`\`/recover@${BOT.username} SERVICE\``));
  expect(at.platform.howToType?.('ru')).toContain(`\`/recover@${BOT.username} СЕРВИС\``);
});

describe('an answer to a click on Telegram', () => {
  test('that is short is an alert, and is nowhere else', async () => {
    const at = await scene(SHORT);
    const pressed = await press(at);
    await eventually(() => expect(pressed.answer).toMatchObject({ text: `🟠 ${SHORT.title}`, alert: true }));
    expect(privately(at)).toEqual([]);
    expect(inGroup(at)).toEqual([]);
  });

  test('that is long is a direct message, with its buttons', async () => {
    const at = await scene(LONG);
    const pressed = await press(at);
    await eventually(() => expect(pressed.answer?.text).toBe('The answer is in your private chat with me.'));
    expect(privately(at)[0]?.text).toContain('line 9 of the details');
    expect(
      privately(at)[0]
        ?.buttons.flat()
        .map(({ text }) => text),
    ).toEqual(['Approve', 'Reject']);
    expect(inGroup(at)).toEqual([]);
  });

  test('that is long, to someone who never pressed Start, is what fits and how to get the rest', async () => {
    const at = await scene(LONG);
    const pressed = await press(at, MAX);
    await eventually(() =>
      expect(pressed.answer?.text).toMatch(
        /^🟡 R-41 · redis · details\n.*… For all of it press Start at @reviver_test_bot\.$/s,
      ),
    );
    expect(pressed.answer?.text.length).toBeLessThanOrEqual(200);
    expect(inGroup(at)).toEqual([]);
  });

  test('that comes late is a direct message: the click was answered in time', async () => {
    const at = await scene(undefined, { timings: { answerWithin: 50 } });
    let answer = async (): Promise<void> => {};
    at.handle.now = async (input) => {
      await new Promise<void>((resolve) => {
        answer = async () => resolve();
      });
      await at.platform.reply(input, SHORT);
    };
    const pressed = await press(at);
    await eventually(() => expect(pressed.answer).toMatchObject({ text: '', alert: false }));
    await answer();
    await eventually(() => expect(privately(at)[0]?.text).toContain('someone else must approve it'));
  });

  test('that comes late, to someone who never pressed Start, is told without details in the group', async () => {
    const at = await scene(undefined, { timings: { answerWithin: 20 } });
    at.handle.now = async (input) => {
      await eventually(() => at.server.presses()[0]?.answer !== undefined);
      await at.platform.reply(input, SHORT);
    };
    await press(at, MAX);
    await eventually(() => expect(inGroup(at)).toHaveLength(1));
    expect(inGroup(at)[0]?.text).toMatch(/^I may not write to you.*@reviver_test_bot/);
    expect(inGroup(at)[0]?.text).not.toContain('approve');
  });

  test('after a restart still reaches its person', async () => {
    const at = await scene(undefined);
    const pressed = await press(at);
    await eventually(() => expect(at.inputs).toHaveLength(1));
    await eventually(() => expect(pressed.answer).toBeDefined());
    const later = at.another();
    await later.start(createTestDesk());
    const [input] = at.inputs;
    if (input) await later.reply(JSON.parse(JSON.stringify(input)), SHORT);
    expect(privately(at)[0]?.text).toContain('someone else must approve it');
  });
});

describe('an answer to a command on Telegram', () => {
  test('goes to its person alone', async () => {
    const at = await scene(LONG);
    at.server.people.type(ANN, GROUP, '/status R-41');
    await eventually(() => expect(privately(at)).toHaveLength(1));
    expect(inGroup(at)).toEqual([]);
  });

  test('to someone who never pressed Start, or blocked the bot, leaves only that in the group, in its topic', async () => {
    const at = await scene(LONG);
    at.server.world.chats.get(FORUM)?.topics.set(77, { name: 'db' });
    at.server.people.type(MAX, FORUM, '/status R-41', { topic: 77 });
    await eventually(() => expect(inGroup(at, FORUM)).toHaveLength(1));
    const [told] = inGroup(at, FORUM);
    expect(told).toMatchObject({ topic: 77, replyTo: 1, buttons: [] });
    expect(told?.text).toBe(
      'I may not write to you, and the answer is for you alone. Open a chat with @reviver_test_bot, press Start, and ask again.',
    );
    at.server.people.block(ANN);
    at.server.people.type(ANN, GROUP, '/status R-41');
    await eventually(() => expect(inGroup(at)).toHaveLength(1));
  });

  test('is not said again and again to a group that somebody fills with commands', async () => {
    const at = await scene(LONG);
    for (let n = 0; n < 4; n++) at.server.people.type(MAX, GROUP, '/status R-41');
    await eventually(() => expect(at.inputs).toHaveLength(4));
    await eventually(() => expect(inGroup(at)).toHaveLength(1));
    at.server.people.type(ANN, GROUP, '/status R-41');
    await eventually(() => expect(privately(at)).toHaveLength(1));
    expect(inGroup(at)).toHaveLength(1);
  });

  test('after Start is answered', async () => {
    const at = await scene(LONG);
    at.server.people.start(MAX);
    await eventually(() => expect(at.inputs).toMatchObject([{ text: 'help', origin: { channel: String(MAX) } }]));
    await eventually(() => expect(privately(at, MAX)).toHaveLength(1));
  });

  test('waits for Telegram to be back, and for its turn', async () => {
    const at = await scene(SHORT);
    at.server.faults.refuse(429, 'Too Many Requests: retry after 1', { method: 'sendMessage' });
    at.server.faults.garble({ method: 'sendMessage' });
    at.server.people.type(ANN, GROUP, '/status');
    await eventually(() => expect(privately(at)).toHaveLength(1), { timeoutMs: 10_000 });
  }, 15_000);

  test('speaks the language of the channel', async () => {
    const at = await unstarted();
    await at.start(createTestDesk((input) => at.platform.reply(input, SHORT), { language: () => 'ru' }));
    at.server.people.type(MAX, GROUP, '/status');
    await eventually(() => expect(inGroup(at)[0]?.text).toMatch(/^Я не могу вам написать/));
  });
});

describe('a choice on an answer on Telegram', () => {
  const FORM: Card = {
    tone: 'neutral',
    title: 'What shall be recovered?',
    lines: [],
    buttons: ['redis', 'shop-web', 'billing-db'].map((name) => ({ label: `Recover ${name}`, command: name })),
  };

  async function form(at: Scene) {
    at.handle.now = (input) => at.platform.reply(input, input.text === '' ? FORM : LONG);
    at.server.people.type(ANN, GROUP, '/recover');
    return (await eventually(() => privately(at)[0] ?? false)) || undefined;
  }

  test('counts where it was asked, as a command of that person', async () => {
    const at = await scene(undefined);
    const message = await form(at);
    expect(message?.buttons.map((row) => row.length)).toEqual([2, 1]);
    at.server.people.press(ANN, ANN, message?.id ?? 0, 'Recover redis');
    await eventually(() =>
      expect(at.inputs.at(-1)).toMatchObject({ text: 'redis', user: String(ANN), origin: { channel: String(GROUP) } }),
    );
    expect(at.inputs.at(-1)?.clicked).toBeUndefined();
    expect(await at.platform.standing?.(at.inputs.at(-1)!)).toEqual({ sound: true, groups: [] });
  });

  test('is answered in place of it', async () => {
    const at = await scene(undefined);
    const message = await form(at);
    const pressed = at.server.people.press(ANN, ANN, message?.id ?? 0, 'Recover shop-web');
    await eventually(() => expect(privately(at)[0]?.text).toContain('R-41 · redis · details'));
    await eventually(() => expect(pressed.answer).toMatchObject({ text: '' }));
    expect(privately(at)).toHaveLength(1);
  });

  test('whoever left the group since then is no longer vouched for', async () => {
    const at = await scene(undefined);
    const message = await form(at);
    at.server.people.leave(ANN, GROUP);
    at.server.people.press(ANN, ANN, message?.id ?? 0, 'Recover redis');
    await eventually(() => expect(at.inputs).toHaveLength(2));
    expect(await at.platform.standing?.(at.inputs[1]!)).toEqual({ sound: false, doubt: 'external' });
  });
});
