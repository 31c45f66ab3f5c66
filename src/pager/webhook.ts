import { createHmac } from 'node:crypto';
import { failureInWords } from '../engine/health/words.js';
import type { Secrets } from '../engine/secrets/secrets.js';
import { ask } from './ask.js';
import { type News, NotDelivered, type Pager } from './pager.js';
import { wordsFor } from './words.js';

/*
 * A signed webhook, as Standard Webhooks 1.0.0 says (https://www.standardwebhooks.com): `webhook-id` is the same for
 * every attempt, and "id.timestamp.body" is signed by HMAC-SHA256, so that neither an old nor a changed one passes.
 */

export interface WebhookSettings {
  /** May name secrets, which are looked up for each page: many have one in their path. */
  url: string;
  secrets: Pick<Secrets, 'resolve'>;
  /** `whsec_` and base64, or any text; absent: it is not signed. */
  secret?: string;
  now?(): number;
}

export function createWebhook({ url, secrets, secret, now = Date.now }: WebhookSettings): Pager {
  return {
    async send(news, _, signal) {
      const address = await addressed(url, secrets, signal);
      const body = JSON.stringify(isSlack(address) ? { text: slackText(news) } : bodyOf(news));
      const timestamp = String(Math.floor(now() / 1_000));
      const headers = {
        'content-type': 'application/json',
        'webhook-id': news.key,
        'webhook-timestamp': timestamp,
        ...(secret === undefined ? {} : { 'webhook-signature': sign(secret, news.key, timestamp, body) }),
      };
      await ask({ method: 'POST', what: 'The webhook', url: address, headers, body }, signal);
    },
    // There is no request that would tell nobody.
    examine: async () => ({ tried: false }),
  };
}

/** What cannot be looked up now may be there when the page is sent again. */
async function addressed(url: string, secrets: WebhookSettings['secrets'], signal: AbortSignal): Promise<string> {
  const address = await secrets.resolve(url, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new NotDelivered(failureInWords(error), true);
  });
  if (/^https?:\/\//.test(address) && URL.canParse(address)) return address;
  throw new NotDelivered('What escalation.contacts.webhook names is no URL with https:// or http://.', false);
}

export function sign(secret: string, id: string, timestamp: string, body: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** What a receiver gets; docs/escalation.md shows it. */
export function bodyOf(news: News): object {
  const { title, lines } = wordsFor(news);
  return {
    type: `escalation.${news.action}`,
    timestamp: news.startedAt.toISOString(),
    data: {
      dedup_key: news.dedupKey,
      escalation: news.name,
      service: news.service,
      criticality: news.criticality,
      code: news.code,
      reason: news.reason,
      level: news.level + 1,
      recovery: news.recovery ?? null,
      by: news.by ?? null,
      text: [title, ...lines].join('\n'),
    },
  };
}

/** SLACK_WEBHOOK_URL of the source documents: Slack's own incoming webhook takes a text. */
function isSlack(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname === 'hooks.slack.com';
}

/** Source: Slack, "Formatting text for app surfaces": three characters are its own. */
function slackText(news: News): string {
  const { title, lines } = wordsFor(news);
  return [title, ...lines].join('\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
