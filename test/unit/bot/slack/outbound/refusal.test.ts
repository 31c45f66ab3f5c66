import { describe, expect, test } from '@jest/globals';
import { webApi } from '@slack/bolt';
import { RateLimited, ViewLost } from '../../../../../src/bot/port.js';
import { portError, speechless, Unanswered } from '../../../../../src/bot/slack/outbound/refusal.js';

const refused = (error: string) => new webApi.WebAPIPlatformError({ ok: false, error });

describe('what a failed call means', () => {
  test.each([
    'message_not_found',
    'cant_update_message',
    'edit_window_closed',
    'is_inactive',
    'channel_not_found',
    'block_mismatch',
  ])('an edit refused with %s is made anew as a post', (code) => {
    expect(portError(refused(code), 'chat.update', 'C1')).toBeInstanceOf(ViewLost);
  });

  test('a limit is waited for', () => {
    expect(portError(new webApi.WebAPIRateLimitedError(7), 'chat.update', 'C1')).toMatchObject({
      retryAfterMs: 7_000,
      scope: 'channel',
    });
    expect(portError(refused('ratelimited'), 'chat.update', 'C1')).toBeInstanceOf(RateLimited);
  });

  test.each(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'])(
    '%s leaves it open whether it was done',
    (code) => {
      expect(portError(refused(code), 'chat.postMessage', 'C1')).toBeInstanceOf(Unanswered);
    },
  );

  test('a lost answer and an error of the server leave it open, too', () => {
    const lost = new webApi.WebAPIRequestError(new Error('fetch failed'));
    const broken = new webApi.WebAPIHTTPError(503, 'Unavailable', {});
    for (const error of [lost, broken]) expect(portError(error, 'chat.postMessage', 'C1')).toBeInstanceOf(Unanswered);
  });

  test.each([
    ['channel_not_found', /invite it, or correct/],
    ['not_in_channel', /invite the app/],
    ['is_archived', /archived/],
    ['missing_scope', /install it again/],
    ['token_revoked', /revoked/],
    ['invalid_blocks', /chat\.postMessage in C1: invalid_blocks/],
  ])('%s is for someone to mend', (code, words) => {
    expect(portError(refused(code), 'chat.postMessage', 'C1').message).toMatch(words);
  });

  test('only a token that no longer counts, or no answer at all, makes us speechless', () => {
    expect(['invalid_auth', 'token_revoked', 'account_inactive'].map((code) => speechless(refused(code)))).toEqual([
      true,
      true,
      true,
    ]);
    expect([refused('channel_not_found'), new webApi.WebAPIRateLimitedError(1)].map(speechless)).toEqual([
      false,
      false,
    ]);
    expect(speechless(new Error('no network'))).toBe(true);
  });

  test('carries no secret', () => {
    const error = new webApi.WebAPIRequestError(
      new Error('POST https://hooks.slack.com/actions/T1/2/abc xoxb-1-secret'),
    );
    expect(portError(error, 'response_url', 'C1').message).not.toMatch(/abc|secret/);
  });
});
