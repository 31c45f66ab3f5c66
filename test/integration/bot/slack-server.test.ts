import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { webApi } from '@slack/bolt';
import { BOT_TOKEN, createSlackServer, type SlackServer } from '../../platforms/slack/slack-server.js';

const CHANNEL = 'C0INCIDENT';
let server: SlackServer;
let client: webApi.WebClient;
beforeEach(async () => {
  server = await createSlackServer();
  server.workspace.join({ id: 'U0ANN' });
  server.workspace.open({ id: CHANNEL, members: ['U0ANN'] });
  client = clientWith(BOT_TOKEN);
});
afterEach(() => server.close());

const silent = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => webApi.LogLevel.ERROR,
};
const clientWith = (token: string) =>
  new webApi.WebClient(token, {
    slackApiUrl: server.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  });
const word = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => (error instanceof webApi.WebAPIPlatformError ? String(error.data.error) : String(error)),
  );
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (over: object = {}) => ({
  type: 'actions',
  elements: [{ type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'Go' }, value: 'v', ...over }],
});
const post = (args: object) => client.apiCall('chat.postMessage', { channel: CHANNEL, text: 'x', ...args });

describe('the local Slack', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['invalid_auth', () => clientWith('xoxb-another').auth.test()],
    ['not_allowed_token_type', () => client.apps.connections.open({})],
    ['unknown_method', () => client.apiCall('chat.shout')],
    ['invalid_arguments', () => post({ colour: 'red' })],
    ['channel_not_found', () => post({ channel: 'C0NOWHERE' })],
    ['no_text', () => post({ text: '' })],
    ['invalid_blocks', () => post({ blocks: [section('x'.repeat(3_001))] })],
    ['invalid_blocks', () => post({ blocks: [section('')] })],
    ['invalid_blocks', () => post({ blocks: [{ ...section('x'), colour: 'red' }] })],
    ['invalid_blocks', () => post({ blocks: Array.from({ length: 51 }, () => section('x')) })],
    ['invalid_blocks', () => post({ blocks: [button({ value: 'x'.repeat(2_001) })] })],
    ['invalid_blocks', () => post({ blocks: [button({ text: { type: 'plain_text', text: 'x'.repeat(76) } })] })],
    [
      'invalid_blocks',
      () =>
        post({
          blocks: [
            { ...section('x'), block_id: 'b' },
            { ...section('y'), block_id: 'b' },
          ],
        }),
    ],
    ['msg_blocks_too_long', () => post({ blocks: Array.from({ length: 10 }, () => section('x'.repeat(2_000))) })],
    [
      'missing_scope',
      () => client.conversations.history({ channel: CHANNEL, oldest: '0', limit: 1, include_all_metadata: true }),
    ],
    ['user_not_in_channel', () => client.chat.postEphemeral({ channel: CHANNEL, user: 'U0REVIVER2', text: 'x' })],
    ['message_not_found', () => client.chat.update({ channel: CHANNEL, ts: '1700000000.000001', text: 'x' })],
  ])('refuses with %s what Slack refuses so', async (code, call) => {
    expect(await word(call())).toBe(code);
  });

  test('takes the blocks away from a message that is given text alone, and takes no long text', async () => {
    await post({ blocks: [section('hello'), button()] });
    const place = { channel: CHANNEL, ts: server.seen(CHANNEL)[0]?.ts ?? '' };
    expect(server.seen(CHANNEL)[0]).toMatchObject({ text: 'hello', buttons: ['Go'] });
    expect(await word(client.chat.update({ ...place, text: 'x'.repeat(4_001) }))).toBe('msg_too_long');
    await client.chat.update({ ...place, text: 'only &lt;text&gt;' });
    expect(server.seen(CHANNEL)[0]).toMatchObject({ text: 'only <text>', buttons: [] });
  });

  test('reads what was not escaped, as Slack does', async () => {
    await post({ text: '<!channel> <@U0ANN> <https://evil.test|Runbook> &lt;!here&gt;' });
    expect(server.seen(CHANNEL)[0]).toMatchObject({
      text: '@channel @U0ANN Runbook <!here>',
      notified: ['channel', 'U0ANN'],
    });
  });

  test('opens a form for a trigger once, and not late', async () => {
    const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'x' }, blocks: [section('x')] };
    const open = (trigger_id: string) => word(client.apiCall('views.open', { trigger_id, view }));
    server.oneShots.trigger('U0ANN', 't1');
    expect([await open('t1'), await open('t1'), await open('t2')]).toEqual([
      'ok',
      'exchanged_trigger_id',
      'invalid_trigger_id',
    ]);
    server.oneShots.trigger('U0ANN', 't3');
    server.oneShots.expireTriggers();
    expect(await open('t3')).toBe('expired_trigger_id');
  });

  test('limits posts in a channel and edits in the workspace, and says how long', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => word(post({}))));
    expect(outcomes.filter((each) => each === 'ok')).toHaveLength(4);
    const { ts } = server.seen(CHANNEL)[0] ?? { ts: '' };
    const edits = await Promise.all(
      Array.from({ length: 55 }, () => word(client.chat.update({ channel: CHANNEL, ts, text: 'y' }))),
    );
    expect(edits.filter((each) => each === 'ok')).toHaveLength(50);
    await expect(post({})).rejects.toMatchObject({ retryAfter: 1 });
  });

  test('gives five answers to an address', async () => {
    const url = `${server.apiUrl.replace('/api/', '')}/hooks/${server.oneShots.address({ channel: CHANNEL, user: 'U0ANN' })}`;
    const answer = async () => {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify({ text: 'x' }) });
      return response.status;
    };
    const statuses = [];
    for (let n = 0; n < 6; n++) statuses.push(await answer());
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
  });
});
