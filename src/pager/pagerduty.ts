import { z } from 'zod';
import type { Criticality } from '../engine/model/service.js';
import { ask, jsonIn } from './ask.js';
import { type News, NotDelivered, type Pager } from './pager.js';
import { cut, wordsFor } from './words.js';

/*
 * PagerDuty Events API v2. Source: https://developer.pagerduty.com/docs/events-api-v2/ : 202 says that an event was
 * accepted, not that there is an incident; the same dedup_key again adds to the incident; an acknowledge or resolve without
 * an open alert is dropped silently. So they must not overtake the trigger: the outbox keeps them in one lane.
 */

export interface PagerDutySettings {
  routingKey: string;
  /** Of the whole request; the EU has another host. */
  url: string;
}

export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

const LONGEST_SUMMARY = 1_024;
const SEVERITY: Record<Criticality, 'critical' | 'error' | 'warning' | 'info'> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
};

export function createPagerDuty({ routingKey, url }: PagerDutySettings): Pager {
  return {
    async send(news, _target, signal) {
      const body = JSON.stringify({ routing_key: routingKey, ...eventOf(news) });
      const headers = { 'content-type': 'application/json' };
      await ask({ method: 'POST', what: 'PagerDuty', url, headers, body }, signal).catch((error) => {
        throw explained(error);
      });
    },
    // There is no request that would tell nobody.
    examine: async () => ({ tried: false }),
  };
}

/** Without the routing key, which is a secret. */
export function eventOf(news: News): object {
  const { action, dedupKey, service, criticality, link } = news;
  const event = { event_action: action, dedup_key: dedupKey };
  if (action !== 'trigger') return event;
  const { title } = wordsFor(news);
  return {
    ...event,
    payload: {
      summary: cut(title, LONGEST_SUMMARY),
      source: service,
      severity: SEVERITY[criticality],
      component: service,
      class: news.code,
      timestamp: news.startedAt.toISOString(),
      custom_details: {
        escalation: news.name,
        level: news.level + 1,
        reason: cut(news.reason, 4_000),
        ...(news.recovery === undefined ? {} : { recovery: news.recovery }),
      },
    },
    client: 'Reviver',
    ...(link === undefined ? {} : { client_url: link, links: [{ href: link, text: 'Reviver' }] }),
  };
}

const refusal = z.object({ errors: z.array(z.string()).min(1) });

/** What it says is wrong with the event, without the rest of its answer. */
function explained(error: unknown): unknown {
  if (!(error instanceof NotDelivered) || error.again) return error;
  const read = refusal.safeParse(jsonIn(error.message));
  return read.success ? new NotDelivered(`PagerDuty refuses it: ${read.data.errors.join('; ')}`, false) : error;
}
