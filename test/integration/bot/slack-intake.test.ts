import { afterEach, describe, expect, test } from '@jest/globals';
import type { Card } from '../../../src/bot/port.js';
import { CHANNEL, MODES, type SlackUnderTest, slackUnderTest } from '../../platforms/slack/slack-under-test.js';

const CARD: Card = {
  tone: 'waiting',
  title: 'R-1 · redis · waiting for approval',
  lines: [],
  buttons: [{ label: 'Approve', command: 'approve R-1 7f3a91c2', style: 'primary' }],
};
const ANSWER: Card = { tone: 'neutral', title: 'only for you', lines: [], buttons: [] };
const answering: Parameters<typeof slackUnderTest>[0] = { handle: (input, platform) => platform.reply(input, ANSWER) };
let slack: SlackUnderTest;
afterEach(() => slack.close());

const ann = () => slack.server.as('U0ANN');
const privately = (user: string) => slack.server.privately(user).map(({ text }) => text);
const posted = (card = CARD, key = 'k') => slack.platform.post(CHANNEL, card, { key, urgency: 0 });

describe.each(MODES)('what people do, by %s', (mode) => {
  test('a command comes with who, where and from which workspace, and without anything secret', async () => {
    slack = await slackUnderTest({ mode });
    await ann().command('redis --reason "a &lt; b"', { id: 'the-trigger' });
    const [input] = slack.inputs;
    expect(input).toMatchObject({
      user: 'U0ANN',
      text: 'redis --reason "a &lt; b"',
      origin: { platform: 'slack', channel: CHANNEL },
      facts: { kind: 'command', team: 'T0TEAM' },
    });
    const all = JSON.stringify([input, slack.logs, [...slack.memory]]);
    for (const secret of ['the-trigger', '/hooks/', 'xoxb', 'xapp']) expect(all).not.toContain(secret);
  });

  test('a mention in a thread is a command, answered in that thread for that person alone', async () => {
    slack = await slackUnderTest({ mode, ...answering });
    const { message } = await posted();
    await ann().mention('approve R-1', { thread: message });
    await slack.settled();
    expect(slack.inputs).toMatchObject([
      { text: 'approve R-1', origin: { thread: message }, facts: { kind: 'mention' } },
    ]);
    expect(slack.server.workspace.whispers).toMatchObject([{ user: 'U0ANN', channel: CHANNEL, thread: message }]);
    expect(privately('U0LEE')).toEqual([]);
  });

  test('a mention without words asks for help, and an edited one, or one of a bot, is no command', async () => {
    slack = await slackUnderTest({ mode });
    await ann().mention('');
    await ann().mention('redis', { edited: true });
    await slack.server.event({
      type: 'app_mention',
      bot_id: 'B1',
      text: '<@U0REVIVER> redis',
      channel: CHANNEL,
      ts: '1.1',
    });
    expect(slack.inputs.map(({ text }) => text)).toEqual(['help']);
  });

  test('every click is answered, also on what has no meaning any more', async () => {
    slack = await slackUnderTest({ mode });
    const act = { type: 'block_actions', user: { id: 'U0ANN' }, team: { id: 'T0TEAM' }, trigger_id: 't1' };
    const action = { type: 'button', action_id: 'of-an-older-version', block_id: 'b', value: 'redis' };
    for (const payload of [
      { ...act, actions: [action] },
      { ...act, actions: [{ ...action, action_id: 'run:0', value: undefined }] },
      { type: 'view_closed', user: { id: 'U0ANN' }, view: { id: 'V1', callback_id: 'x' } },
      { type: 'shortcut', callback_id: 'unknown', user: { id: 'U0ANN' }, trigger_id: 't2' },
      { type: 'block_suggestion', name: 'x', user: { id: 'U0ANN' } },
    ])
      await slack.send({ kind: 'interactive', payload });
    expect(slack.inputs).toEqual([]);
  });

  test('two clicks are two inputs, and one click delivered twice is one', async () => {
    slack = await slackUnderTest({ mode });
    const { message } = await posted();
    await ann().press(CHANNEL, message, 'Approve', { id: 'first' });
    await ann().press(CHANNEL, message, 'Approve', { id: 'first' });
    await ann().press(CHANNEL, message, 'Approve', { id: 'second' });
    expect(slack.inputs).toHaveLength(2);
    expect(new Set(slack.inputs.map(({ id }) => id)).size).toBe(2);
  });

  test('the first letter that a phone made large is made small again, where only that name is known', async () => {
    const services = [{ name: 'redis', runbooks: [], strategies: [] }];
    slack = await slackUnderTest({ mode, desk: { choices: () => ({ services, parameters: {} }) } });
    await ann().command('Redis “why not”');
    await ann().command('Rabbit');
    expect(slack.inputs.map(({ text }) => text)).toEqual(['redis “why not”', 'Rabbit']);
  });
});

describe('a private answer', () => {
  test('goes to the address of the act while it is good, and else into the channel for that person', async () => {
    slack = await slackUnderTest();
    await ann().command('status');
    const [input] = slack.inputs;
    if (!input) throw new Error('nothing came');
    for (let n = 0; n < 6; n++) await slack.platform.reply(input, ANSWER);
    const outcomes = slack.server.calls.map(({ method, outcome }) => `${method} ${outcome}`);
    expect(outcomes.filter((each) => each.startsWith('response_url'))).toHaveLength(5);
    expect(outcomes).toContain('chat.postEphemeral ok');
    expect(privately('U0ANN')).toHaveLength(6);
  });

  test('survives an address that is used up or away', async () => {
    slack = await slackUnderTest(answering);
    slack.server.faults.failNext('response_url', 1, 500);
    await ann().command('status');
    await slack.settled();
    expect(privately('U0ANN')).toEqual(['only for you']);
  });

  test('goes directly to whoever is not in the channel, and is seen by nobody else', async () => {
    slack = await slackUnderTest({ ...answering, before: ({ workspace }) => void workspace.join({ id: 'U0EVE' }) });
    slack.server.faults.failNext('response_url', 1, 404);
    await slack.server.as('U0EVE').command('status');
    await slack.settled();
    expect(privately('U0EVE')).toEqual(['only for you']);
    expect(slack.server.seen(CHANNEL)).toEqual([]);
  });

  test('after a restart the address is gone, and the answer comes all the same', async () => {
    slack = await slackUnderTest();
    const origin = { platform: 'slack', channel: CHANNEL };
    await slack.platform.reply({ id: 'of-before', user: 'U0ANN', text: 'status', origin }, ANSWER);
    expect(privately('U0ANN')).toEqual(['only for you']);
  });

  test('is in the language of the channel', async () => {
    slack = await slackUnderTest({ desk: { language: () => 'ru' } });
    const lines = Array.from({ length: 200 }, (_, n) => `строка ${n} ${'х'.repeat(50)}`);
    const origin = { platform: 'slack', channel: CHANNEL };
    await slack.platform.reply({ id: 'x', user: 'U0ANN', text: '', origin }, { ...ANSWER, lines });
    expect(privately('U0ANN')[0]).toMatch(/… и ещё строк: \d+/);
  });
});

describe('a direct conversation', () => {
  test('is named after its person, so that a card can be posted, edited and pressed there', async () => {
    slack = await slackUnderTest();
    const direct = slack.server.workspace.directOf('U0ANN').id;
    await ann().command('redis', { channel: direct });
    expect(slack.inputs[0]?.origin.channel).toBe('U0ANN');
    const ref = await slack.platform.post('U0ANN', CARD, { key: 'd', urgency: 0 });
    const ts = slack.server.seen(direct)[0]?.ts ?? '';
    await ann().press(direct, ts, 'Approve');
    expect(slack.inputs[1]?.clicked).toEqual(ref);
    await slack.platform.edit(ref, { ...CARD, title: 'done', buttons: [] }, 1);
    expect(slack.server.seen(direct)).toMatchObject([{ text: '🟡 done', buttons: [] }]);
  });
});

describe('a channel that got another id', () => {
  test('is still known by its first one', async () => {
    slack = await slackUnderTest();
    const before = await posted();
    slack.server.workspace.open({ id: 'C0MOVED', members: ['U0ANN'] });
    for (const message of slack.server.workspace.messages) message.channel = 'C0MOVED';
    await slack.server.event({ type: 'channel_id_changed', old_channel_id: CHANNEL, new_channel_id: 'C0MOVED' });
    await ann().press('C0MOVED', before.message, 'Approve');
    expect(slack.inputs).toMatchObject([{ clicked: before, origin: { channel: CHANNEL } }]);
    await slack.platform.edit(before, { ...CARD, buttons: [] }, 1);
    await slack.platform.post(CHANNEL, CARD, { key: 'new', urgency: 0 });
    expect(slack.server.seen('C0MOVED').map(({ buttons }) => buttons)).toEqual([[], ['Approve']]);
  });
});
