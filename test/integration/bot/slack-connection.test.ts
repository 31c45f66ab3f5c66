import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Card, Language } from '../../../src/bot/port.js';
import { CHANNEL, MODES, type SlackUnderTest, slackUnderTest } from '../../platforms/slack/slack-under-test.js';
import { BOT_USER } from '../../platforms/slack/workspace.js';
import { eventually } from '../../support/eventually.js';

const CARD: Card = { tone: 'neutral', title: 'a card', lines: [], buttons: [{ label: 'Details', command: 'status' }] };
let slack: SlackUnderTest;
/** Any of them would end the process. */
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => void unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', onUnhandled);
});
afterEach(async () => {
  await slack.close();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

const typing = (text: string, id: string) => slack.server.as('ann').command(text, { id });
const texts = () => slack.inputs.map(({ text }) => text);

describe.each(MODES)('Slack by %s', (mode) => {
  test('starts while Slack is away, is red meanwhile, and works by itself once it is back', async () => {
    let away = { over: () => {} };
    slack = await slackUnderTest({
      mode,
      before: (server) => {
        away = server.faults.outage();
      },
    });
    expect(slack.platform.healthy().ok).toBe(false);
    await expect(slack.platform.post(CHANNEL, CARD, { key: 'a', urgency: 0 })).rejects.toThrow(/chat\.postMessage/);
    away.over();
    await eventually(() => expect(slack.platform.healthy()).toMatchObject({ ok: true }));
    await typing('status', 'i1');
    expect(texts()).toEqual(['status']);
    await slack.platform.post(CHANNEL, CARD, { key: 'a', urgency: 0 });
    expect(slack.server.seen(CHANNEL)).toHaveLength(1);
    expect(await slack.platform.standing?.({ ...slack.inputs[0], user: 'ann' } as never)).toMatchObject({
      sound: true,
    });
  });

  test('goes red when Slack refuses the token, says so, and heals', async () => {
    slack = await slackUnderTest({ mode });
    slack.server.faults.failNext('auth.test', 6, 'token_revoked');
    await eventually(() => expect(slack.platform.healthy().ok).toBe(false));
    expect(slack.platform.healthy().detail).toMatch(/speaks not for \d+ s: .*token_revoked/);
    await eventually(() => expect(slack.platform.healthy().ok).toBe(true));
  });

  test('an act that comes before Slack could be asked anything is taken as well', async () => {
    slack = await slackUnderTest({ mode, before: ({ faults }) => faults.failNext('auth.test', 1_000, 500) });
    expect(slack.platform.healthy().ok).toBe(false);
    await typing('status', 'early');
    expect(texts()).toEqual(['status']);
  });

  test('a token that cannot be one is refused at the start', async () => {
    slack = await slackUnderTest({ mode, start: false, options: { botToken: 'xoxp-of-a-person' } });
    await expect(slack.platform.start(undefined as never)).rejects.toThrow('SLACK_BOT_TOKEN must begin with xoxb-');
  });
});

describe('the socket', () => {
  test.each(['warning', 'refresh_requested'] as const)(
    'is replaced before Slack recycles it, without a gap: %s',
    async (reason) => {
      slack = await slackUnderTest();
      slack.server.socket.recycle(reason, 300);
      await eventually(() => expect(slack.server.socket.connections()).toBe(1));
      for (let n = 0; n < 20; n++) await typing('status', `w${n}`);
      await eventually(() =>
        expect(slack.server.calls.filter(({ method }) => method === 'apps.connections.open')).toHaveLength(2),
      );
      expect(slack.inputs).toHaveLength(20);
      expect(slack.platform.healthy().ok).toBe(true);
    },
  );

  test('is opened again when Socket Mode was switched off and on', async () => {
    slack = await slackUnderTest();
    slack.server.faults.failNext('apps.connections.open', 2, 'not_allowed_token_type');
    slack.server.socket.recycle('link_disabled', 10_000);
    await eventually(() => expect(slack.platform.healthy().detail).toContain('not_allowed_token_type'));
    await eventually(() => expect(slack.server.socket.connections()).toBe(1));
    await typing('status', 'o1');
    expect(texts()).toEqual(['status']);
  });

  test('comes back after the line broke without a word', async () => {
    slack = await slackUnderTest();
    slack.server.socket.drop();
    await eventually(() => expect(slack.server.socket.connections()).toBe(1));
    await typing('status', 'd1');
    expect(texts()).toEqual(['status']);
  });

  test('that is open but silent is found out, turns health red, and heals', async () => {
    slack = await slackUnderTest({ tuning: { pingTimeoutMs: 300 } });
    const frozen = slack.server.socket.freeze();
    await eventually(() => expect(slack.platform.healthy().ok).toBe(false));
    expect(slack.platform.healthy().detail).toMatch(/hears not for \d+ s/);
    frozen.over();
    await eventually(() => expect(slack.platform.healthy().ok).toBe(true), { timeoutMs: 20_000 });
    await typing('status', 'f1');
    expect(texts()).toEqual(['status']);
  }, 30_000);

  test('tries again and again while no connection is given, and waits as Slack asks', async () => {
    slack = await slackUnderTest();
    slack.server.faults.failNext('apps.connections.open', 3, 500);
    slack.server.limits.refuseNext('apps.connections.open', 1, 1);
    slack.server.socket.drop();
    await eventually(() => expect(slack.platform.healthy().ok).toBe(false));
    await eventually(() => expect(slack.platform.healthy().ok).toBe(true));
    const [refusal] = slack.server.limits.refusals;
    const next = slack.server.calls
      .filter(({ method, outcome }) => method === 'apps.connections.open' && outcome === 'ok')
      .at(-1);
    expect((next?.at ?? 0) - (refusal?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test('survives a message without an inner event, which ends the library', async () => {
    slack = await slackUnderTest();
    const payload = {
      type: 'app_rate_limited',
      team_id: 'T0TEAM',
      minute_rate_limited: 1_700_000_000,
      api_app_id: 'A0',
    };
    slack.server.socket.sendRaw({ envelope_id: 'x', type: 'events_api', payload });
    slack.server.socket.sendRaw({ envelope_id: 'y', type: 'events_api' });
    slack.server.socket.sendRaw({ type: 'nonsense' });
    await eventually(() => expect(slack.logs.map(({ message }) => message)).toContain('slack:events_limited'));
    await typing('status', 'r1');
    expect(texts()).toEqual(['status']);
  });

  test('of a new process may be open before that of the old one ends, and nothing is missed or taken twice', async () => {
    slack = await slackUnderTest();
    const { server } = slack;
    const next = await slackUnderTest({ options: { apiUrl: server.apiUrl } });
    try {
      expect(server.socket.connections()).toBe(2);
      for (let n = 0; n < 10; n++) await typing('status', `both${n}`);
      await slack.platform.stop();
      expect(server.socket.connections()).toBe(1);
      for (let n = 0; n < 10; n++) await typing('status', `one${n}`);
      const ids = [...slack.inputs, ...next.inputs].map(({ id }) => id);
      expect([ids.length, new Set(ids).size]).toEqual([20, 20]);
    } finally {
      await next.close();
    }
  });

  test('the same envelope twice is one input', async () => {
    slack = await slackUnderTest();
    await typing('status', 's1');
    await slack.server.socket.resendLast();
    expect(texts()).toEqual(['status']);
  });

  test('stop closes it for real, also in the middle of connecting anew', async () => {
    slack = await slackUnderTest();
    await slack.platform.stop();
    expect(slack.server.socket.connections()).toBe(0);
    expect(slack.platform.healthy()).toEqual({ ok: false, detail: 'stopped' });
    await slack.close();

    slack = await slackUnderTest();
    const stalled = slack.server.faults.stall('apps.connections.open');
    slack.server.socket.drop();
    await eventually(() =>
      expect(slack.server.calls.filter(({ method }) => method === 'apps.connections.open')).toHaveLength(2),
    );
    await slack.platform.stop();
    stalled.over();
    await eventually(() =>
      expect(slack.server.calls.at(-1)).toMatchObject({ method: 'apps.connections.open', outcome: 'ok' }),
    );
    await eventually(() => expect(slack.server.socket.connections()).toBe(0));
  });

  test('a dead line in the moment of an answer loses nothing: the act is stored, and its repetition recognised', async () => {
    slack = await slackUnderTest({
      handle: async () => slack.server.socket.drop(),
    });
    await expect(typing('redis', 'l1')).rejects.toThrow();
    await eventually(() => expect(slack.server.socket.connections()).toBe(1));
    await slack.server.socket.resendLast();
    expect(texts()).toEqual(['redis']);
  });
});

test('help tells how commands are typed in threads, as soon as the name of the app is known', async () => {
  slack = await slackUnderTest({ before: ({ faults }) => faults.failNext('auth.test', 2, 500) });
  await eventually(() => expect(slack.platform.howToType?.('en')).toContain('`@reviver status`'));
  expect(slack.platform.howToType?.('ru')).toContain('`@reviver status`');
});

describe('what the app was not given in its workspace', () => {
  const leave = (channel = CHANNEL) => slack.server.workspace.channels.get(channel)?.members.delete(BOT_USER);
  const invite = (channel = CHANNEL) => slack.server.workspace.channels.get(channel)?.members.add(BOT_USER);
  const troubles = (language: Language = 'en') => slack.platform.troubles?.(language);
  const told = () =>
    slack.logs.flatMap(({ message, facts }) => (message === 'slack:lacks' ? [JSON.stringify(facts)] : []));

  test('is known before the first post: that it is not in the incidents channel, with the remedy, until it is', async () => {
    slack = await slackUnderTest({
      options: { incidents: CHANNEL },
      before: ({ workspace }) => workspace.channels.get(CHANNEL)?.members.delete(BOT_USER),
    });
    expect(told()).toEqual([expect.stringContaining(`not in the incidents channel ${CHANNEL}`)]);
    expect(await troubles()).toEqual([expect.stringContaining('`/invite @reviver`')]);
    expect(await troubles('ru')).toEqual([
      expect.stringMatching(/^Приложения нет в канале инцидентов .*`\/invite @reviver`/),
    ]);
    expect(slack.platform.healthy().ok).toBe(true);
    invite();
    expect(await troubles()).toEqual([]);
    leave();
    await eventually(() => expect(told()).toHaveLength(2));
  });

  test.each<[string, (server: SlackUnderTest['server']) => unknown, RegExp]>([
    [
      'a private channel without it',
      ({ workspace }) => workspace.channels.delete(CHANNEL),
      /is not there, or it is private/,
    ],
    [
      'an archived channel',
      ({ workspace }) => Object.assign(workspace.channels.get(CHANNEL) ?? {}, { archived: true }),
      /is archived/,
    ],
  ])('is known of %s', async (_, before, words) => {
    slack = await slackUnderTest({ options: { incidents: CHANNEL }, before });
    expect(await troubles()).toEqual([expect.stringMatching(words)]);
  });

  test('is known of scopes, by their names; of groups only where groups have roles', async () => {
    const server = { scopes: ['chat:write', 'commands', 'app_mentions:read', 'channels:read', 'groups:read'] };
    slack = await slackUnderTest({ server, options: { groups: ['S0SRE'] } });
    expect(await troubles()).toEqual([
      expect.stringMatching(/^The app lacks the scopes users:read, usergroups:read\./),
    ]);
    await slack.close();
    slack = await slackUnderTest({ server, options: { groups: [] } });
    expect(await troubles()).toEqual([
      expect.stringMatching(/^The app lacks the scope users:read\. .*install it again/),
    ]);
  });

  test('is nothing where all was given, and not guessed while Slack is away', async () => {
    slack = await slackUnderTest({
      options: { incidents: CHANNEL, groups: ['S0SRE'] },
      tuning: { probeEveryMs: 60_000 },
    });
    expect([await troubles(), told()]).toEqual([[], []]);
    slack.server.faults.failNext('conversations.info', 1, 500);
    expect(await troubles()).toEqual([]);
  });
});

describe('an answer to Slack', () => {
  test('comes within moments while the API is stalled, and what is slow is told', async () => {
    slack = await slackUnderTest({ tuning: { callTimeoutMs: 600, answerTimeoutMs: 600 } });
    const stalled = slack.server.faults.stall('*');
    const took = await Promise.all(Array.from({ length: 50 }, (_, n) => typing(`status ${n}`, `n${n}`)));
    expect(Math.max(...took.map(({ tookMs }) => tookMs))).toBeLessThan(500);
    stalled.over();
  });

  test('is timed, once for each delivery', async () => {
    const took: number[] = [];
    const timing = { answered: (ms: number) => void took.push(ms), late: () => void took.push(Number.NaN) };
    slack = await slackUnderTest({ desk: { timing } });
    for (let n = 0; n < 3; n++) await typing('status', `m${n}`);
    expect(took.map((ms) => ms >= 0 && ms < 500)).toEqual([true, true, true]);
  });

  test('that takes too long is logged and counted, because Slack does not say so in Socket Mode', async () => {
    slack = await slackUnderTest({ start: false });
    const never = new Promise<never>(() => {});
    const timed: string[] = [];
    await slack.startWith({
      accept: () => never,
      choices: () => ({ services: [], parameters: {} }),
      home: async () => [],
      language: () => 'en',
      timing: { answered: () => void timed.push('answered'), late: () => void timed.push('late') },
    });
    await expect(typing('status', 't1')).rejects.toThrow('not acknowledged within 3 s');
    expect(slack.logs).toContainEqual(expect.objectContaining({ message: 'slack:late_answer' }));
    expect(timed).toEqual(['late']);
  });
});
