import { type Logger, webApi } from '@slack/bolt';
import type { SlackSettings, SlackTuning } from '../settings.js';

/** Clients of the Web API, one for each purpose: none waits in another's queue. */
export interface Clients {
  /** Messages that everybody sees. */
  messages: webApi.WebClient;
  /** Forms and private answers: a person waits for them. */
  answers: webApi.WebClient;
  /** Who people are. */
  people: webApi.WebClient;
}

/**
 * By default the library waits without end, repeats calls whose outcome is unknown, and lets one limited channel hold
 * up all others. Here a call is made once, ends in time, and tells of its limit.
 */
export function createClients(settings: SlackSettings, tuning: SlackTuning, logger: Logger): Clients {
  const client = (timeout: number) => new webApi.WebClient(settings.botToken, { ...once(settings, timeout), logger });
  return {
    messages: client(tuning.callTimeoutMs),
    answers: client(tuning.answerTimeoutMs),
    people: client(tuning.answerTimeoutMs),
  };
}

/** Options of a client that calls once. */
export function once({ apiUrl }: SlackSettings, timeout: number) {
  return {
    timeout,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    allowAbsoluteUrls: false,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  };
}
