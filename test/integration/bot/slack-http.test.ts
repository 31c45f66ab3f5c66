import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SignedHttp } from '../../platforms/slack/signed-http.js';
import { type SlackUnderTest, slackUnderTest } from '../../platforms/slack/slack-under-test.js';
import { eventually } from '../../support/eventually.js';

let slack: SlackUnderTest;
let http: SignedHttp;
beforeEach(async () => {
  slack = await slackUnderTest({ mode: 'http' });
  if (!slack.http) throw new Error('no HTTP');
  http = slack.http;
});
afterEach(() => slack.close());

const COMMAND = new URLSearchParams({
  command: '/recover',
  text: 'redis',
  user_id: 'U0ANN',
  team_id: 'T0TEAM',
  channel_id: 'C0INCIDENT',
  trigger_id: 'trigger-1',
}).toString();
const EVENT = { type: 'app_mention', user: 'U0ANN', text: '<@U0REVIVER> status', channel: 'C0INCIDENT', ts: '1.1' };
const texts = () => slack.inputs.map(({ text }) => text);

describe('a request to /slack/events', () => {
  test('that is signed is taken', async () => {
    expect((await http.post(COMMAND, http.sign(COMMAND))).status).toBe(200);
    expect(texts()).toEqual(['redis']);
  });

  test.each<[string, () => Record<string, string>]>([
    ['another secret', () => http.sign(COMMAND, { secret: 'another' })],
    ['the signature of another body', () => http.sign(`${COMMAND}1`)],
    ['an age of more than five minutes', () => http.sign(COMMAND, { ageS: 301 })],
    ['a time more than five minutes ahead', () => http.sign(COMMAND, { ageS: -302 })],
    ['an hour ahead', () => http.sign(COMMAND, { ageS: -3_600 })],
    ['a signature of another version', () => ({ ...http.sign(COMMAND), 'x-slack-signature': 'v1=00' })],
    ['no signature', () => without('x-slack-signature')],
    ['no timestamp', () => without('x-slack-request-timestamp')],
    ['a timestamp that is no number', () => ({ ...http.sign(COMMAND), 'x-slack-request-timestamp': 'now' })],
  ])('with %s is refused', async (_, headers) => {
    expect((await http.post(COMMAND, headers())).status).toBe(401);
    expect(slack.inputs).toEqual([]);
  });

  test('signed with an empty secret is refused also where none is set, and the start says so', async () => {
    await slack.close();
    slack = await slackUnderTest({ mode: 'http', start: false, options: { signingSecret: '' } });
    await expect(slack.platform.start(undefined as never)).rejects.toThrow('SLACK_SIGNING_SECRET');
    const headers = http.sign(COMMAND, { secret: '' });
    expect((await slack.http?.post(COMMAND, headers))?.status).toBe(401);
  });

  test('within five minutes either way is taken', async () => {
    expect((await http.post(COMMAND, http.sign(COMMAND, { ageS: 290 }))).status).toBe(200);
    expect((await http.post(COMMAND, http.sign(COMMAND, { ageS: -290 }))).status).toBe(200);
  });

  test('captured and sent again is no second input', async () => {
    const headers = http.sign(COMMAND);
    await http.post(COMMAND, headers);
    expect((await http.post(COMMAND, headers)).status).toBe(200);
    expect(texts()).toEqual(['redis']);
  });

  test('whose type names a charset, as proxies write it, is taken', async () => {
    const type = 'application/x-www-form-urlencoded; charset=utf-8';
    expect((await http.post(COMMAND, http.sign(COMMAND, { type }))).status).toBe(200);
    expect(texts()).toEqual(['redis']);
  });

  test('of 5 MiB is refused', async () => {
    const body = Buffer.alloc(5 * 1024 * 1024, 'a');
    expect(
      await http.post(body, http.sign('a')).then(
        ({ status }) => status,
        () => 413,
      ),
    ).toBe(413);
  });

  test('that is no form and no JSON is refused', async () => {
    const type = 'application/json';
    expect((await http.post('{', http.sign('{', { type }))).status).toBe(400);
  });

  test('by GET is refused', async () => {
    expect((await fetch(http.url)).status).toBe(405);
  });

  test('ssl_check is answered, and carries nothing in', async () => {
    const body = `${COMMAND}&ssl_check=1`;
    expect((await http.post(body, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(200);
    const almost = `${COMMAND}&ssl_check=true`;
    expect((await http.post(almost, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(401);
    expect(slack.inputs).toEqual([]);
  });

  test('url_verification is answered only when it is signed', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'c1', token: 't' });
    const type = 'application/json';
    expect((await http.post(body, http.sign(body, { type }))).body).toBe('{"challenge":"c1"}');
    expect((await http.post(body, { 'content-type': type })).status).toBe(401);
  });

  test('app_rate_limited is answered and logged', async () => {
    const body = JSON.stringify({ type: 'app_rate_limited', team_id: 'T0TEAM', minute_rate_limited: 1 });
    expect((await http.post(body, http.sign(body, { type: 'application/json' }))).status).toBe(200);
    expect(slack.logs.map(({ message }) => message)).toContain('slack:events_limited');
  });

  test('before the start, and after the end, is left to be sent again', async () => {
    await slack.platform.stop();
    expect((await http.post(COMMAND, http.sign(COMMAND))).status).toBe(503);
  });
});

describe('an event', () => {
  test('that comes again is taken once, and a repetition is taken when it is the only copy', async () => {
    await slack.server.event(EVENT, 'Ev-1');
    await http.resendLast();
    await http.send({
      kind: 'events_api',
      payload: { type: 'event_callback', team_id: 'T0TEAM', event_id: 'Ev-2', event: EVENT },
      retry: { attempt: 2, reason: 'connection_failed' },
    });
    expect(slack.inputs.map(({ id }) => id)).toEqual(['event-Ev-1', 'event-Ev-2']);
    expect(slack.inputs[1]?.facts).toMatchObject({ retry_num: 2, retry_reason: 'connection_failed' });
  });

  test('that could not be stored is answered with an error, so that it comes again', async () => {
    let attempts = 0;
    await slack.close();
    slack = await slackUnderTest({ mode: 'http', start: false });
    const desk = {
      choices: () => ({ services: [], parameters: {} }),
      home: async () => [],
      language: () => 'en' as const,
    };
    const taken: string[] = [];
    await slack.startWith({
      ...desk,
      async accept({ text }) {
        attempts += 1;
        if (attempts < 3) throw new Error('a defect');
        taken.push(text);
        return { fresh: true, handled: Promise.resolve() };
      },
    });
    await slack.server.event(EVENT);
    await eventually(() => expect(taken).toEqual(['status']));
    expect(slack.logs).toContainEqual(expect.objectContaining({ level: 'error', message: 'slack:listener_failed' }));
  });

  test('that nobody listens to is answered', async () => {
    await slack.server.event({ type: 'reaction_added', user: 'U0ANN', item: {} });
    expect(slack.inputs).toEqual([]);
  });
});

function without(header: string): Record<string, string> {
  const { [header]: _, ...rest } = http.sign(COMMAND);
  return rest;
}
