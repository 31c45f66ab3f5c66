import { describe, expect, test } from '@jest/globals';
import { RateLimited, ViewLost } from '../../../src/bot/port.js';
import { createTestMemory } from '../../platforms/telegram/memory.js';
import { ANN, CARD, GROUP, LEE, type Scene, SMALL_GROUP } from '../../platforms/telegram/scene.js';
import { withTelegram } from '../../platforms/telegram/with-telegram.js';
import { BOT } from '../../platforms/telegram/world.js';

/** Not started: what writes needs no ears. */
const scene = withTelegram();

const post = ({ platform }: Scene, key: string, options = {}, chat = GROUP) =>
  platform.post(String(chat), { ...CARD, title: key }, { key, urgency: 0, ...options });
const sends = ({ server }: Scene) => server.calls.filter(({ method }) => method === 'sendMessage');
const edits = ({ server }: Scene) => server.calls.filter(({ method }) => method === 'editMessageText');
const failed = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a post on Telegram', () => {
  test('has no link previews, two buttons a row, and makes a sound only when people are needed', async () => {
    const at = await scene();
    await post(at, 'needed');
    await post(at, 'ended', { urgency: 1 });
    await post(at, 'progress', { urgency: 2 });
    await post(at, 'called', { urgency: 1, mention: [{ id: String(LEE), name: 'Lee', kind: 'person' }] });
    expect(at.server.written(GROUP).map(({ text, silent }) => [text.split('\n')[0], silent])).toEqual([
      ['🟡 needed', false],
      ['🟡 ended', true],
      ['🟡 progress', true],
      ['🟡 called', false],
    ]);
    const [, , , called] = at.server.written(GROUP);
    expect(called?.entities).toContainEqual(
      expect.objectContaining({ type: 'text_mention', url: `tg://user?id=${LEE}` }),
    );
    expect(called?.buttons.map((row) => row.length)).toEqual([2]);
    for (const { parameters } of sends(at)) expect(parameters.link_preview_options).toEqual({ is_disabled: true });
  });

  test('is the same message for the same key, at the same time, later, and after a restart', async () => {
    const at = await scene();
    const refs = await Promise.all([post(at, 'a'), post(at, 'a'), post(at, 'a')]);
    refs.push(await post(at, 'a'));
    refs.push(await at.another().post(String(GROUP), CARD, { key: 'a', urgency: 0 }));
    expect(new Set(refs.map(({ message }) => message)).size).toBe(1);
    expect(at.server.written(GROUP)).toHaveLength(1);
  });

  test('is not made twice when it cannot be written down', async () => {
    const memory = createTestMemory();
    const at = await scene({ memory });
    const remember = memory.remember;
    memory.remember = () => Promise.reject(new Error('away'));
    const first = await post(at, 'a');
    memory.remember = remember;
    expect(await post(at, 'a')).toEqual(first);
    expect(at.server.written(GROUP)).toHaveLength(1);
  });

  test('that Telegram cannot parse goes out as plain text', async () => {
    const at = await scene();
    at.server.faults.refuse(400, "Bad Request: can't parse entities: Unclosed start tag at byte offset 3", {
      method: 'sendMessage',
    });
    await post(at, 'an alert <b>');
    expect(at.server.written(GROUP)[0]?.text).toContain('an alert <b>');
    expect(sends(at).map(({ parameters }) => parameters.parse_mode)).toEqual(['HTML', undefined]);
    expect(at.logs.map(({ message }) => message)).toContain('telegram:unparsable');
  });

  test('is tried once: who retries is the one who knows what it is', async () => {
    const at = await scene();
    at.server.faults.refuse(500, 'Internal Server Error', { method: 'sendMessage' });
    expect(String(await failed(post(at, 'a')))).toContain('Telegram is disturbed: 500');
    at.server.faults.outage = true;
    expect(String(await failed(post(at, 'a')))).toContain('Telegram does not answer');
    at.server.faults.outage = false;
    expect(sends(at)).toHaveLength(1);
    await post(at, 'a');
    expect(at.server.written(GROUP)).toHaveLength(1);
  });

  test('gives up when Telegram does not answer in time', async () => {
    const at = await scene({ timings: { callSeconds: 0.1 } });
    at.server.faults.stall(1_000, { method: 'sendMessage' });
    expect(String(await failed(post(at, 'a')))).toContain('Telegram does not answer (timeout)');
  });

  test.each([
    ['kicked', /bot was kicked from the supergroup chat/],
    ['left', /bot is not a member of the supergroup chat/],
  ] as const)('where the bot was %s says so', async (status, why) => {
    const at = await scene();
    at.server.world.chats.get(GROUP)?.members.set(BOT.id, status);
    const error = await failed(post(at, 'a'));
    expect(error).toBeInstanceOf(ViewLost);
    expect(String(error)).toMatch(why);
  });

  test('into a chat that is none says so', async () => {
    const at = await scene();
    expect(await failed(at.platform.post('C0SLACK', CARD, { key: 'a', urgency: 0 }))).toBeInstanceOf(ViewLost);
    expect(await failed(at.platform.post('-100999', CARD, { key: 'b', urgency: 0 }))).toBeInstanceOf(ViewLost);
  });
});

describe('an edit on Telegram', () => {
  test('that changes nothing succeeds, also when an answer was lost before', async () => {
    const at = await scene();
    const ref = await post(at, 'a');
    await at.platform.edit(ref, { ...CARD, title: 'a' }, 1);
    at.server.faults.dropReply({ method: 'editMessageText' });
    expect(await failed(at.platform.edit(ref, { ...CARD, title: 'b' }, 1))).toBeInstanceOf(Error);
    await at.platform.edit(ref, { ...CARD, title: 'b' }, 1);
    expect(at.server.written(GROUP).map(({ edits: count }) => count)).toEqual([1]);
  });

  test('of a message that is gone, or not ours, or of a chat that is closed, wants it posted anew', async () => {
    const at = await scene();
    const ref = await post(at, 'a');
    const theirs = at.server.people.type(ANN, GROUP, 'mine');
    expect(theirs).toBeDefined();
    const chat = at.server.world.chats.get(GROUP);
    const [stranger] = [...(chat?.messages.values() ?? [])].filter(({ from }) => from === ANN);
    for (const message of ['99', String(stranger?.id), 'not a number'])
      expect(await failed(at.platform.edit({ ...ref, message }, CARD, 1))).toBeInstanceOf(ViewLost);
    chat?.members.set(BOT.id, 'kicked');
    expect(await failed(at.platform.edit(ref, CARD, 1))).toBeInstanceOf(ViewLost);
  });

  test('that Telegram cannot parse goes out as plain text', async () => {
    const at = await scene();
    const ref = await post(at, 'a');
    at.server.faults.refuse(400, "Bad Request: can't parse entities: x", { method: 'editMessageText' });
    await at.platform.edit(ref, { ...CARD, title: 'b <i>' }, 1);
    expect(at.server.written(GROUP)[0]?.text).toContain('b <i>');
  });
});

describe('the pace on Telegram', () => {
  test('asked to wait in one chat, no other waits, and the wait is kept', async () => {
    const at = await scene();
    at.server.limits.close(GROUP, 60_000);
    const error = await failed(post(at, 'a'));
    expect(error).toBeInstanceOf(RateLimited);
    expect(error).toMatchObject({ scope: 'channel', retryAfterMs: 60_000 });
    const before = performance.now();
    await post(at, 'b', {}, SMALL_GROUP);
    expect(performance.now() - before).toBeLessThan(1_000);
    // Asked again too early, Telegram is not even bothered.
    expect(await failed(post(at, 'c'))).toBeInstanceOf(RateLimited);
    expect(sends(at).filter(({ parameters }) => parameters.chat_id === GROUP)).toHaveLength(1);
  });

  test('a group gets no more than Telegram allows within a minute, of messages and of edits', async () => {
    const at = await scene({ timings: { second: 1 }, limits: { perChatSecond: 1_000, perSecond: 1_000 } });
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, n) => failed(post(at, `p${n}`, { urgency: 2 }))));
    const refused = outcomes.filter((error) => error !== undefined);
    expect(refused.every((error) => error instanceof RateLimited)).toBe(true);
    const ref = await post(at, 'the one');
    for (let n = 0; n < 40; n++) await failed(at.platform.edit(ref, { ...CARD, title: `n${n}` }, 2));
    expect(sends(at).length).toBeGreaterThan(3);
    expect(edits(at).length).toBeGreaterThan(3);
    expect(at.server.limits.exceeded()).toBe(0);
  });

  test('what needs people, and ends, still passes when progress has used up its part', async () => {
    const at = await scene({ timings: { second: 1 }, limits: { perChatSecond: 1_000, perSecond: 1_000 } });
    const ref = await post(at, 'the one');
    while (
      !((await failed(at.platform.edit(ref, { ...CARD, title: `n${edits(at).length}` }, 2))) instanceof RateLimited)
    );
    await at.platform.edit(ref, { ...CARD, title: 'needs you' }, 0);
    await at.platform.edit(ref, { ...CARD, title: 'ended' }, 1);
    expect(at.server.written(GROUP)[0]?.text).toContain('ended');
  });

  test('all chats together stay below what Telegram allows within a second', async () => {
    const at = await scene();
    const people = Array.from({ length: 40 }, (_, n) => 5_000 + n);
    for (const id of people) at.server.world.addPerson({ id, first_name: `P${id}`, started: true });
    await Promise.all(people.map((id) => failed(post(at, `to ${id}`, {}, id))));
    expect(at.server.limits.exceeded()).toBe(0);
  });

  test('a burst in one chat waits a moment instead of being refused', async () => {
    const at = await scene();
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => post(at, key)));
    expect(at.server.written(GROUP)).toHaveLength(4);
    expect(at.server.limits.exceeded()).toBe(0);
  });
});
