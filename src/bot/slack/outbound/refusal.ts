import { webApi } from '@slack/bolt';
import { RateLimited, ViewLost } from '../../port.js';
import { redact } from '../connection/redact.js';

/** Nobody knows whether it was done: the answer was lost, or Slack itself is in doubt. */
export class Unanswered extends Error {}

/** The message, or what it stands in, is gone or no longer ours: it is posted anew. Of chat.update. */
const EDIT_LOST = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'is_inactive',
  'channel_not_found',
  'block_mismatch',
]);
/** Of a post in a thread. */
const THREAD_LOST = new Set(['thread_not_found', 'cannot_reply_to_message', 'message_not_found']);
/** Slack does not say whether it was done. */
const UNCLEAR = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
/** The token is at fault: until it is replaced, nothing is said. */
const MUTE = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'user_is_bot',
]);
/** What someone can do about it. */
const ADVICE: Record<string, string> = {
  not_in_channel: 'invite the app into the channel',
  channel_not_found: 'the channel is not there, or the app is not in it: invite it, or correct the configuration',
  is_archived: 'the channel is archived: choose another one in the configuration',
  missing_scope: 'the app lacks a scope: install it again with the manifest in deploy/slack',
  restricted_action: 'posting is restricted in this channel: allow the app there',
  invalid_auth: 'Slack refuses the bot token: set SLACK_BOT_TOKEN anew',
  account_inactive: 'the app was removed from the workspace: install it again',
  token_revoked: 'the bot token was revoked: install the app again',
};
const RATE_LIMIT_MS = 1_000;

/** Slack's own word for why it refused, if it did. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof webApi.WebAPIRateLimitedError) return 'ratelimited';
  return error instanceof webApi.WebAPIPlatformError ? String(error.data.error) : undefined;
}

/** Whether Slack itself could not be reached, or will not listen to this token. */
export function speechless(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined || UNCLEAR.has(code) || MUTE.has(code);
}

/** Milliseconds that Slack asks to wait, if it does. */
export function retryAfterMs(error: unknown): number | undefined {
  if (error instanceof webApi.WebAPIRateLimitedError) return Math.max(error.retryAfter * 1_000, RATE_LIMIT_MS);
  return codeOf(error) === 'ratelimited' ? RATE_LIMIT_MS : undefined;
}

/** A failed call as the port speaks of it. Nothing in it is secret. */
export function portError(error: unknown, method: string, channel: string, threaded = false): Error {
  const waitMs = retryAfterMs(error);
  if (waitMs !== undefined) return new RateLimited(waitMs, 'channel');
  const code = codeOf(error);
  if (code === undefined || UNCLEAR.has(code))
    return new Unanswered(`${method}: ${redact(code ?? (error instanceof Error ? error.message : String(error)))}`);
  const lost = method === 'chat.update' ? EDIT_LOST : threaded ? THREAD_LOST : undefined;
  if (lost?.has(code)) return new ViewLost(`${method}: ${code}`);
  const advice = ADVICE[code];
  return new Error(`${method} in ${channel}: ${redact(code).slice(0, 100)}${advice ? `; ${advice}` : ''}`);
}
