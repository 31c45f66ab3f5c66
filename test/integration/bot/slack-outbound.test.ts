import { afterEach, describe, expect, test } from '@jest/globals';
import { type Card, RateLimited, ViewLost } from '../../../src/bot/port.js';
import { SCOPES } from '../../platforms/slack/slack-server.js';
import { CHANNEL, type SlackUnderTest, slackUnderTest } from '../../platforms/slack/slack-under-test.js';
import { eventually } from '../../support/eventually.js';

const CARD: Card = {
  tone: 'running',
  title: 'R-1 · redis · step 1 of 2',
  lines: ['all is said here'],
  buttons: [{ label: 'Cancel', command: 'cancel R-1', style: 'danger', confirm: 'Stop R-1 on redis?' }],
};
const OTHER = 'C0OTHER';
let slack: SlackUnderTest;
afterEach(() => slack.close());

const withOther: Parameters<typeof slackUnderTest>[0] = {
  before: ({ workspace }) => void workspace.open({ id: OTHER, members: ['U0ANN'] }),
};
const post = (channel: string, key: string, urgency: 0 | 1 | 2 = 0, card = CARD) =>
  slack.platform.post(channel, card, { key, urgency });
const seen = (channel = CHANNEL, thread?: string) => slack.server.seen(channel, thread);
const callsOf = (method: string) => slack.server.calls.filter((call) => call.method === method);

describe('limits of Slack', () => {
  test('in one channel do not delay another, nor edits in the same', async () => {
    slack = await slackUnderTest(withOther);
    const ref = await post(CHANNEL, 'a');
    slack.server.limits.refuseNext('chat.postMessage', 1, 30, CHANNEL);
    const refused = await post(CHANNEL, 'b').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RateLimited);
    expect(refused).toMatchObject({ retryAfterMs: 30_000, scope: 'channel' });
    const began = performance.now();
    await post(OTHER, 'c');
    await slack.platform.edit(ref, CARD, 2);
    expect(performance.now() - began).toBeLessThan(1_000);
    await expect(post(CHANNEL, 'd')).rejects.toBeInstanceOf(RateLimited);
    expect(callsOf('chat.postMessage')).toHaveLength(3);
  });

  test('are never reached by posts: a burst waits for its seconds', async () => {
    slack = await slackUnderTest({ ...withOther, server: { minuteMs: 6_000 }, tuning: { minuteMs: 6_000 } });
    let n = 0;
    const patient = async (channel: string): Promise<void> => {
      const key = `k${n++}`;
      await eventually(() => post(channel, key, 2), { timeoutMs: 20_000, everyMs: 30 });
    };
    await Promise.all([CHANNEL, OTHER].flatMap((channel) => Array.from({ length: 15 }, () => patient(channel))));
    expect(slack.server.limits.refusals).toEqual([]);
    expect([seen(), seen(OTHER)].map(({ length }) => length)).toEqual([15, 15]);
  }, 30_000);

  test('of edits are shared by the workspace: progress waits, and leaves room for people and for ends', async () => {
    slack = await slackUnderTest();
    const ref = await post(CHANNEL, 'a');
    const edit = (urgency: 0 | 1 | 2) =>
      slack.platform.edit(ref, CARD, urgency).then(
        () => 'done',
        () => 'later',
      );
    const progress = await Promise.all(Array.from({ length: 60 }, () => edit(2)));
    expect(progress.filter((each) => each === 'done')).toHaveLength(5);
    const urgent = await Promise.all([edit(0), edit(1), edit(0), edit(1)]);
    expect(urgent).toEqual(['done', 'done', 'done', 'done']);
    expect(slack.server.limits.refusals).toEqual([]);
  });
});

describe('a post', () => {
  test('is read aloud and seen, unfurls nothing, and calls only whom it shall', async () => {
    slack = await slackUnderTest({
      before: ({ workspace }) => void workspace.groups.set('S0SRE', { id: 'S0SRE', handle: 'sre', users: [] }),
    });
    await slack.platform.post(
      CHANNEL,
      { ...CARD, lines: ['<!channel> <@U0LEE> https://evil.test <https://evil.test|Runbook>'] },
      {
        key: 'a',
        urgency: 0,
        mention: [
          { id: 'U0ANN', name: 'Ann', kind: 'person' },
          { id: 'S0SRE', name: 'sre', kind: 'group' },
          { id: '!channel> <x', name: 'forged', kind: 'person' },
        ],
      },
    );
    expect(seen()[0]?.notified).toEqual(['U0ANN', 'S0SRE']);
    const [call] = callsOf('chat.postMessage');
    expect(call?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' });
    expect(call?.args.text).toContain('&lt;!channel&gt; &lt;@U0LEE&gt;');
    expect(call?.args).not.toHaveProperty('link_names');
    expect(call?.args).not.toHaveProperty('metadata');
  });

  test('whose answer was lost is made once where history may be read', async () => {
    slack = await slackUnderTest({ server: { scopes: [...SCOPES, 'channels:history'] } });
    slack.server.faults.dropReplies('chat.postMessage', 1);
    await expect(post(CHANNEL, 'a')).rejects.toThrow('chat.postMessage');
    const ref = await post(CHANNEL, 'a');
    expect(seen()).toHaveLength(1);
    expect(seen()[0]?.ts).toBe(ref.message);
    await slack.platform.edit(ref, { ...CARD, title: 'over' }, 1);
    expect(seen()[0]?.text).toContain('over');

    slack.server.faults.dropReplies('chat.postMessage', 1);
    const inThread = { key: 'b', urgency: 0, thread: ref } as const;
    await expect(slack.platform.post(CHANNEL, CARD, inThread)).rejects.toThrow();
    await slack.platform.post(CHANNEL, CARD, inThread);
    expect(seen(CHANNEL, ref.message)).toHaveLength(1);
  });

  test('whose answer was lost is made again where it may not, and the first one goes when it is pressed', async () => {
    slack = await slackUnderTest();
    slack.server.faults.dropReplies('chat.postMessage', 1);
    await expect(post(CHANNEL, 'a')).rejects.toThrow();
    const ref = await post(CHANNEL, 'a');
    expect(seen()).toHaveLength(2);
    const [double] = seen().filter(({ ts }) => ts !== ref.message);
    await slack.server.as('U0ANN').press(CHANNEL, double?.ts ?? '', 'Cancel');
    await eventually(() => expect(seen().map(({ ts }) => ts)).toEqual([ref.message]));
    expect(callsOf('conversations.history')).toEqual([]);
  });

  test('that a process made before it died is found by the next one', async () => {
    slack = await slackUnderTest({ server: { scopes: [...SCOPES, 'channels:history'] } });
    const ref = await post(CHANNEL, 'a');
    const [key = ''] = [...slack.memory.keys()];
    slack.memory.set(key, JSON.stringify({ since: Date.now() }));
    const { server } = slack;
    await slack.platform.stop();
    slack.close = server.close;
    const next = await slackUnderTest({ start: false, options: { apiUrl: server.apiUrl } });
    for (const [name, value] of slack.memory) next.memory.set(name, value);
    await next.platform.start(undefined as never);
    expect(await next.platform.post(CHANNEL, CARD, { key: 'a', urgency: 0 })).toEqual(ref);
    expect(seen()).toHaveLength(1);
    await next.close();
  });

  test('is asked for once, and given up in time: repeats are for whoever knows what they would do', async () => {
    slack = await slackUnderTest({ tuning: { callTimeoutMs: 200 } });
    for (const how of [500, 'internal_error']) {
      slack.server.faults.failNext('chat.postMessage', 1, how);
      await expect(post(CHANNEL, `${how}`)).rejects.toThrow('chat.postMessage');
    }
    const stalled = slack.server.faults.stall('chat.postMessage');
    await expect(post(CHANNEL, 'stalled')).rejects.toThrow('chat.postMessage');
    stalled.over();
    await eventually(() => expect(callsOf('chat.postMessage')).toHaveLength(3));
  });

  test('is not looked for after a clear refusal', async () => {
    slack = await slackUnderTest({ server: { scopes: [...SCOPES, 'channels:history'] } });
    slack.server.faults.failNext('chat.postMessage', 1, 'not_in_channel');
    await expect(post(CHANNEL, 'a')).rejects.toThrow('chat.postMessage in C0INCIDENT: not_in_channel; invite the app');
    expect(slack.platform.healthy()).toMatchObject({
      ok: true,
      detail: expect.stringContaining('not_in_channel; invite'),
    });
    await post(CHANNEL, 'a');
    expect(slack.platform.healthy().detail).not.toContain('not_in_channel');
    expect(callsOf('conversations.history')).toEqual([]);
  });

  test('in a thread whose message is gone is taken back, and says so', async () => {
    slack = await slackUnderTest();
    const thread = await post(CHANNEL, 'a');
    const gone = slack.server.workspace.find(CHANNEL, thread.message);
    if (gone) gone.deleted = true;
    await expect(slack.platform.post(CHANNEL, CARD, { key: 'b', urgency: 2, thread })).rejects.toBeInstanceOf(ViewLost);
    expect(seen()).toEqual([]);
  });

  test('that is too long for a thread brings all of it as a file', async () => {
    slack = await slackUnderTest();
    const thread = await post(CHANNEL, 'a');
    const lines = Array.from({ length: 400 }, (_, n) => `line ${n} of the log`);
    await slack.platform.post(CHANNEL, { ...CARD, lines }, { key: 'b', urgency: 2, thread });
    const [answer] = seen(CHANNEL, thread.message);
    expect(answer?.text).toMatch(/… and \d+ more lines/);
    expect(slack.server.workspace.files).toMatchObject([{ channel: CHANNEL, thread: thread.message }]);
    expect(slack.server.workspace.files[0]?.content).toContain('line 399 of the log');
  });
});

describe('an edit', () => {
  test('of what another app wrote, or in a channel that is gone, asks for a new post', async () => {
    slack = await slackUnderTest();
    const foreign = slack.server.as('U0ANN').write(CHANNEL, 'hello');
    for (const [channel, message] of [
      [CHANNEL, foreign],
      ['C0GONE', '1700000000.000001'],
    ] as const)
      await expect(slack.platform.edit({ platform: 'slack', channel, message }, CARD, 1)).rejects.toBeInstanceOf(
        ViewLost,
      );
  });

  test('keeps text and blocks together, and its buttons go with their card', async () => {
    slack = await slackUnderTest();
    const ref = await post(CHANNEL, 'a');
    await slack.platform.edit(ref, { ...CARD, title: 'over', buttons: [] }, 1);
    const [call] = callsOf('chat.update');
    expect(Object.keys(call?.args ?? {}).sort()).toEqual(['blocks', 'channel', 'text', 'ts']);
    expect(seen()).toMatchObject([{ buttons: [], edits: 1 }]);
  });
});
