import { describe, expect, test } from '@jest/globals';
import { CARD, FORUM, GROUP, type Scene, SMALL_GROUP } from '../../platforms/telegram/scene.js';
import { withTelegram } from '../../platforms/telegram/with-telegram.js';
import { eventually } from '../../support/eventually.js';

const scene = withTelegram();

const card = ({ platform }: Scene, chat: number) =>
  platform.post(String(chat), CARD, { key: `card ${chat}`, urgency: 0 });
const say = ({ platform }: Scene, thread: Awaited<ReturnType<typeof card>>, title: string) =>
  platform.post(thread.channel, { ...CARD, title, buttons: [] }, { key: title, urgency: 1, thread });
const topics = ({ server }: Scene, chat = FORUM) =>
  [...(server.world.chats.get(chat)?.topics.values() ?? [])].map(({ name }) => name);
const creations = ({ server }: Scene) => server.calls.filter(({ method }) => method === 'createForumTopic');
const last = ({ server }: Scene, chat: number) => server.written(chat).at(-1);

describe('a thread on Telegram', () => {
  test('is a topic of its own in a forum, named after the recovery, and the card stays in General', async () => {
    const at = await scene();
    const parent = await card(at, FORUM);
    await Promise.all([say(at, parent, 'Step 1 started'), say(at, parent, 'Step 1 done')]);
    expect(topics(at)).toEqual(['R-41 · redis']);
    expect(at.server.written(FORUM).map(({ topic }) => topic !== undefined)).toEqual([false, true, true]);
    // Another process, and later, goes on in it.
    await say({ ...at, platform: at.another() }, parent, 'Step 2 done');
    expect(last(at, FORUM)?.topic).toBe(at.server.written(FORUM)[1]?.topic);
    expect(creations(at)).toHaveLength(1);
  });

  test.each([GROUP, SMALL_GROUP])('is made of answers in a group without topics (%d)', async (chat) => {
    const at = await scene();
    const parent = await card(at, chat);
    await say(at, parent, 'Step 1 done');
    expect(last(at, chat)).toMatchObject({ replyTo: Number(parent.message) });
    expect(last(at, chat)?.topic).toBeUndefined();
    expect(creations(at)).toEqual([]);
  });

  test('is made of answers in a forum where the bot may make no topics', async () => {
    const at = await scene();
    const chat = at.server.world.chats.get(FORUM);
    if (chat) chat.botManagesTopics = false;
    const parent = await card(at, FORUM);
    await say(at, parent, 'Step 1 done');
    expect(last(at, FORUM)).toMatchObject({ replyTo: Number(parent.message) });
  });

  test('goes on in answers when the right to make topics was taken away meanwhile', async () => {
    const at = await scene();
    const parent = await card(at, FORUM);
    // The right was looked up, and is believed for a time.
    await eventually(() => expect(at.memory.values.has(`title:${FORUM}:${parent.message}`)).toBe(true));
    const chat = at.server.world.chats.get(FORUM);
    if (chat) chat.botManagesTopics = false;
    await say(at, parent, 'Step 1 done');
    expect(last(at, FORUM)).toMatchObject({ replyTo: Number(parent.message) });
    await say(at, parent, 'Step 2 done');
    expect(creations(at)).toHaveLength(1);
  });

  test('goes on in a new topic when somebody removed its topic', async () => {
    const at = await scene();
    const parent = await card(at, FORUM);
    await say(at, parent, 'Step 1 done');
    at.server.world.chats.get(FORUM)?.topics.clear();
    await say(at, parent, 'Step 2 done');
    expect(topics(at)).toEqual(['R-41 · redis']);
    expect(last(at, FORUM)?.text).toContain('Step 2 done');
    await say(at, parent, 'Step 3 done');
    expect(creations(at)).toHaveLength(2);
  });

  test('goes on in answers when topics were switched off', async () => {
    const at = await scene();
    const parent = await card(at, FORUM);
    await say(at, parent, 'Step 1 done');
    const chat = at.server.world.chats.get(FORUM);
    if (chat) chat.forum = false;
    await say(at, parent, 'Step 2 done');
    expect(last(at, FORUM)).toMatchObject({ replyTo: Number(parent.message) });
  });

  test('goes on without an answer when the card was removed', async () => {
    const at = await scene();
    const parent = await card(at, GROUP);
    at.server.world.chats.get(GROUP)?.messages.delete(Number(parent.message));
    await say(at, parent, 'Step 1 done');
    expect(last(at, GROUP)).toMatchObject({ text: expect.stringContaining('Step 1 done') });
    expect(last(at, GROUP)?.replyTo).toBeUndefined();
  });

  test('never writes to General by its number', async () => {
    const at = await scene();
    await say(at, await card(at, FORUM), 'Step 1 done');
    for (const { parameters } of at.server.calls) expect(parameters.message_thread_id).not.toBe(1);
  });
});
