import { describe, expect, test } from '@jest/globals';
import { createTestMemory } from '../../platforms/telegram/memory.js';
import {
  ANN,
  CARD,
  FORUM,
  GROUP,
  LEE,
  MAX,
  type Scene,
  type SceneOptions,
  SMALL_GROUP,
} from '../../platforms/telegram/scene.js';
import { withTelegram } from '../../platforms/telegram/with-telegram.js';
import { ANONYMOUS } from '../../platforms/telegram/world.js';
import { createTestDesk } from '../../support/desk.js';
import { eventually } from '../../support/eventually.js';

const unstarted = withTelegram();
const scene = async (options: SceneOptions = {}) => {
  const made = await unstarted(options);
  await made.start();
  return made;
};

/** Everything that was sent before has been read. */
async function settled({ server, inputs }: Scene): Promise<void> {
  server.people.type(LEE, LEE, '/status the end');
  await eventually(() => expect(inputs.at(-1)?.text).toBe('status the end'));
  inputs.pop();
}

async function posted({ platform, server }: Scene, card = CARD, chat = GROUP) {
  const ref = await platform.post(String(chat), card, { key: `k${server.calls.length}`, urgency: 0 });
  return { ref, id: Number(ref.message) };
}

describe('what people type on Telegram', () => {
  test('is read wherever they write, by the number of the person', async () => {
    const at = await scene();
    const { people, world } = at.server;
    world.chats.get(FORUM)?.topics.set(77, { name: 'db' });
    people.type(ANN, GROUP, '/recover redis');
    people.type(LEE, SMALL_GROUP, '/RECOVER@Reviver_Test_Bot redis');
    people.type(MAX, MAX, '/help approve');
    people.type(ANN, FORUM, '/status R-1', { topic: 77 });
    await eventually(() => expect(at.inputs).toHaveLength(4));
    expect(at.inputs.map(({ user, text, origin }) => [user, text, origin.channel, origin.thread])).toEqual([
      [String(ANN), 'redis', String(GROUP), undefined],
      [String(LEE), 'redis', String(SMALL_GROUP), undefined],
      [String(MAX), 'help approve', String(MAX), undefined],
      [String(ANN), 'status R-1', String(FORUM), '77'],
    ]);
  });

  test('is left alone when it is edited, forwarded, sent by way of a bot, for another bot, by a bot, or no command', async () => {
    const at = await scene();
    const { people, world } = at.server;
    world.addPerson({ id: 900, first_name: 'Other', is_bot: true });
    at.server.queue.allow(['message', 'edited_message', 'guest_message', 'business_message', 'callback_query']);
    for (const is of ['edited', 'forwarded', 'via_bot', 'guest', 'business'] as const)
      people.type(ANN, GROUP, '/recover redis', { is });
    people.type(ANN, GROUP, '/recover@other_bot redis');
    people.type(900, GROUP, '/recover redis');
    people.type(ANN, GROUP, 'redis is down');
    people.type(ANN, GROUP, '/start');
    await settled(at);
    expect(at.inputs).toEqual([]);
  });

  test('in General of a forum, and as an answer outside of topics, belongs to no topic', async () => {
    const at = await scene();
    at.server.people.type(ANN, GROUP, '/recover redis', { replyTo: 5 });
    at.server.queue.push('message', {
      message_id: 9,
      date: Math.floor(Date.now() / 1_000),
      chat: { id: FORUM, type: 'supergroup' },
      from: { id: ANN, is_bot: false },
      text: '/recover redis',
      message_thread_id: 1,
      is_topic_message: true,
    });
    await eventually(() => expect(at.inputs).toHaveLength(2));
    expect(at.inputs.map(({ origin }) => origin.thread)).toEqual([undefined, undefined]);
  });

  test('as an anonymous administrator is told how to be heard, where everyone reads it', async () => {
    const at = await scene();
    at.handle.now = (input) => at.platform.reply(input, { ...CARD, title: 'Switch off "Remain anonymous"', lines: [] });
    at.server.people.type(ANN, GROUP, '/recover redis', { as: 'anonymous' });
    at.server.people.type(ANN, GROUP, '/recover redis', { as: 'channel' });
    await eventually(() => expect(at.server.written(GROUP)).toHaveLength(2));
    expect(at.inputs[0]?.user).toBe(String(ANONYMOUS.id));
    for (const input of at.inputs)
      expect(await at.platform.standing?.(input)).toEqual({ sound: false, doubt: 'anonymous' });
    expect(at.server.written(GROUP)[0]?.text).toContain('Switch off "Remain anonymous"');
  });

  test('so long ago that it may no longer be meant is not done, and its person is told', async () => {
    const at = await scene();
    at.server.people.type(ANN, GROUP, '/recover redis', { ageSeconds: 3_600 });
    await settled(at);
    expect(at.inputs).toEqual([]);
    await eventually(() =>
      expect(
        at.server
          .written(ANN)
          .map(({ text }) => text)
          .join(),
      ).toMatch(/"redis" 60 min ago\. Nothing was done/),
    );
  });

  test('to the bot alone that is no command gets a hint', async () => {
    const at = await scene();
    at.server.people.type(ANN, ANN, 'hello');
    await eventually(() => expect(at.server.written(ANN)[0]?.text).toContain('Write /recover SERVICE'));
    expect(at.inputs).toEqual([]);
  });

  test('that breaks something does not come again and again, and holds nothing back', async () => {
    const at = await unstarted();
    const desk = createTestDesk(async (input) => void at.inputs.push(input));
    await at.start({
      ...desk,
      accept: async (input) => {
        if (input.text === 'poison') throw new Error('a defect');
        return desk.accept(input);
      },
    });
    at.server.people.type(ANN, GROUP, '/recover poison');
    at.server.people.type(ANN, GROUP, '/recover redis');
    await eventually(() => expect(at.inputs.map(({ text }) => text)).toEqual(['redis']));
    await eventually(() => expect(at.server.queue.waiting()).toEqual([]));
    expect(at.logs.filter(({ message }) => message === 'telegram:update_broke')).toHaveLength(1);
  });

  test('is taken while the database is away', async () => {
    const memory = createTestMemory();
    const at = await scene({ memory });
    memory.away = true;
    at.server.people.type(ANN, GROUP, '/recover redis');
    await eventually(() => expect(at.inputs).toHaveLength(1));
    expect(at.inputs[0]?.origin.channel).toBe(String(GROUP));
  });
});

describe('what people press on Telegram', () => {
  test('arrives with the real number of an anonymous administrator', async () => {
    const at = await scene();
    const { id, ref } = await posted(at);
    at.server.people.press(ANN, GROUP, id, 'Approve');
    await eventually(() => expect(at.inputs).toHaveLength(1));
    expect(at.inputs[0]).toMatchObject({ user: String(ANN), clicked: ref, text: 'approve R-41 7f3a91c2' });
    expect(await at.platform.standing?.(at.inputs[0]!)).toEqual({ sound: true, groups: [] });
  });

  test('is answered exactly once and soon, also when its command takes for ever', async () => {
    const at = await scene();
    at.handle.now = () => new Promise(() => {});
    const { id } = await posted(at);
    const press = at.server.people.press(ANN, GROUP, id, 'Approve');
    await eventually(() => expect(press.answer).toBeDefined());
    expect(press.answer?.afterMs).toBeLessThan(1_500);
    at.server.queue.again(press.updateId);
    await settled(at);
    expect(at.server.calls.filter(({ method }) => method === 'answerCallbackQuery')).toHaveLength(1);
  });

  test('a double click is two acts of one person, each answered', async () => {
    const at = await scene();
    const { id } = await posted(at);
    const presses = [1, 2].map(() => at.server.people.press(ANN, GROUP, id, 'Approve'));
    await eventually(() => expect(presses.every(({ answer }) => answer)).toBe(true));
    expect(new Set(at.inputs.map((input) => input.id)).size).toBe(2);
  });

  test('too old to be answered fails nothing', async () => {
    const at = await scene({ answerWithinMs: -1 });
    const { id } = await posted(at);
    at.server.people.press(ANN, GROUP, id, 'Approve');
    await eventually(() => expect(at.inputs).toHaveLength(1));
    await settled(at);
    expect(at.logs.filter(({ message }) => message === 'telegram:click_not_answered')).toEqual([]);
  });

  test.each(['inaccessible', 'absent', 'inline'] as const)(
    'on a message that is %s is refused with the reason',
    async (message) => {
      const at = await scene();
      const { id } = await posted(at);
      const press = at.server.people.press(ANN, GROUP, id, 'Approve', { message });
      await eventually(() => expect(press.answer?.text).toContain('Telegram does not say which message'));
      expect(press.answer?.alert).toBe(true);
      expect(at.inputs).toEqual([]);
      expect(at.refused).toMatchObject([
        {
          input: { user: String(ANN) },
          reason: expect.stringMatching(message === 'absent' ? /no message/ : new RegExp(message)),
        },
      ]);
    },
  );

  test('with forged data is refused, or is what could have been typed, on the message where it was pressed', async () => {
    const at = await scene();
    const { id, ref } = await posted(at);
    const unknown = ['9:approve R-1', `1#${'A'.repeat(22)}`, '', '{"verb":"approve"}'];
    for (const data of unknown) {
      const press = at.server.people.press(ANN, GROUP, id, 'Approve', { data });
      await eventually(() => expect(press.answer?.text).toContain('from an older version'));
    }
    expect(at.refused.map(({ reason }) => reason)).toEqual(unknown.map(() => 'unknown button'));
    at.server.people.press(ANN, GROUP, id, 'Approve', { data: '1:approve R-99 00000000' });
    await eventually(() =>
      expect(at.inputs).toMatchObject([{ text: 'approve R-99 00000000', clicked: ref, user: String(ANN) }]),
    );
  });

  test('is refused with a reason while what it means cannot be looked up', async () => {
    const memory = createTestMemory();
    const at = await scene({ memory });
    const long = { label: 'Recover', command: `redis --reason "${'x'.repeat(100)}"` };
    const { id } = await posted(at, { ...CARD, buttons: [long] });
    memory.away = true;
    const press = at.server.people.press(ANN, GROUP, id, 'Recover');
    await eventually(() => expect(press.answer?.text).toContain('the database does not answer'));
    memory.away = false;
    at.server.people.press(ANN, GROUP, id, 'Recover');
    await eventually(() => expect(at.inputs).toMatchObject([{ text: long.command }]));
  });

  test('is asked for once more before something that cannot be taken back', async () => {
    const at = await scene();
    const button = { label: 'Cancel', command: 'cancel R-41', confirm: 'Stop R-41 on redis?' };
    const { id } = await posted(at, { ...CARD, buttons: [button] });
    const first = at.server.people.press(ANN, GROUP, id, 'Cancel');
    await eventually(() =>
      expect(first.answer).toMatchObject({
        text: 'Stop R-41 on redis? Press the same button again if you mean it.',
        alert: true,
      }),
    );
    // Neither a double tap, nor the same press delivered again, nor another person's press confirms it.
    at.server.queue.again(first.updateId);
    at.server.people.press(ANN, GROUP, id, 'Cancel');
    const other = at.server.people.press(LEE, GROUP, id, 'Cancel');
    await eventually(() => expect(other.answer).toBeDefined());
    expect(at.inputs).toEqual([]);
    await eventually(
      () => {
        at.server.people.press(ANN, GROUP, id, 'Cancel');
        return at.inputs.length > 0;
      },
      { everyMs: 300 },
    );
    expect(at.inputs[0]).toMatchObject({ text: 'cancel R-41', user: String(ANN) });
  });

  test('while nobody listened for long is not done, for nobody knows how old it is', async () => {
    const memory = createTestMemory();
    const at = await unstarted({ memory, answerWithinMs: 200 });
    const ref = await at.platform.post(String(GROUP), CARD, { key: 'a', urgency: 0 });
    memory.values.set('caught_up', String(Date.now() - 3_600_000));
    const old = at.server.people.press(ANN, GROUP, Number(ref.message), 'Approve');
    await eventually(() => performance.now() - old.at > 250);
    const fresh = at.server.people.press(LEE, GROUP, Number(ref.message), 'Reject');
    await at.start();
    await eventually(() => expect(at.inputs.map(({ user }) => user)).toEqual([String(LEE)]));
    expect(fresh.answer).toBeDefined();
    await eventually(() => expect(at.server.written(ANN)[0]?.text).toContain('Reviver was away when you pressed this'));
  });

  test('during a short absence is done', async () => {
    const memory = createTestMemory();
    const at = await unstarted({ memory, answerWithinMs: 50 });
    const ref = await at.platform.post(String(GROUP), CARD, { key: 'a', urgency: 0 });
    memory.values.set('caught_up', String(Date.now() - 40_000));
    const press = at.server.people.press(ANN, GROUP, Number(ref.message), 'Approve');
    await eventually(() => performance.now() - press.at > 60);
    await at.start();
    await eventually(() => expect(at.inputs).toHaveLength(1));
  });
});

describe('whether Telegram vouches for someone', () => {
  const standing = async (at: Scene, user = ANN, chat = GROUP) => {
    const before = at.inputs.length;
    at.server.people.type(user, chat, '/status');
    await eventually(() => expect(at.inputs.length).toBeGreaterThan(before));
    const input = at.inputs.at(-1);
    return input && (await at.platform.standing?.(input));
  };
  const asked = ({ server }: Scene) => server.calls.filter(({ method }) => method === 'getChatMember').length;

  test('a member is, once asked for a minute', async () => {
    const at = await scene();
    for (const _ of [1, 2, 3]) expect(await standing(at)).toEqual({ sound: true, groups: [] });
    expect(asked(at)).toBe(1);
  });

  test('whoever left, was removed, or is nobody there, is not', async () => {
    const at = await scene();
    at.server.people.leave(ANN, GROUP);
    at.server.world.chats.get(GROUP)?.members.set(LEE, 'kicked');
    expect(await standing(at, ANN)).toEqual({ sound: false, doubt: 'external' });
    expect(await standing(at, LEE)).toEqual({ sound: false, doubt: 'external' });
  });

  test('nobody is while Telegram does not say so, and that is not remembered', async () => {
    const at = await scene();
    const chat = at.server.world.chats.get(GROUP);
    if (chat) chat.hidesMembers = true;
    expect(await standing(at)).toEqual({ sound: false, doubt: 'unreachable' });
    at.server.faults.garble({ method: 'getChatMember' });
    expect(await standing(at)).toEqual({ sound: false, doubt: 'unreachable' });
    if (chat) chat.hidesMembers = false;
    expect(await standing(at)).toEqual({ sound: true, groups: [] });
  });

  test('in their own private chat everyone is', async () => {
    const at = await scene();
    expect(await standing(at, MAX, MAX)).toEqual({ sound: true, groups: [] });
    expect(asked(at)).toBe(0);
  });

  test('another bot that presses a button is not', async () => {
    const at = await scene();
    at.server.world.addPerson({ id: 900, first_name: 'Other', is_bot: true });
    const { id } = await posted(at);
    at.server.people.press(900, GROUP, id, 'Approve');
    await eventually(() => expect(at.inputs).toHaveLength(1));
    expect(await at.platform.standing?.(at.inputs[0]!)).toEqual({ sound: false, doubt: 'bot' });
  });

  test('an input that lost its facts is not', async () => {
    const at = await scene();
    const bare = { id: '1', origin: { platform: 'telegram', channel: String(ANN) }, user: String(ANN), text: '' };
    expect(await at.platform.standing?.(bare)).toEqual({ sound: false, doubt: 'unreachable' });
  });
});
