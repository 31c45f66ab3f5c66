import { z } from 'zod';
import type { GenericSource } from '../../engine/alerts/mapping.js';
import type { Engine } from '../../engine/engine.js';
import { NotFound, UserError } from '../../engine/model/errors.js';
import { parseJson } from '../body.js';
import { NO_INPUT, type Reply, type Route, route } from '../route.js';
import { readGroup } from '../webhooks/alertmanager.js';
import { readGeneric } from '../webhooks/generic.js';
import { readGrafana } from '../webhooks/grafana.js';
import { readPagerDuty } from '../webhooks/pagerduty.js';
import type { Read, Reading } from '../webhooks/read.js';
import type { KnowSender, SourceName } from '../webhooks/senders.js';

export interface WebhookParts {
  engine: Engine;
  knowSender: KnowSender;
  generic: readonly GenericSource[];
  /** Nesting of a body. */
  bodyDepth: number;
  /** Alerts that are stored, by status, and how many of them said nothing new. */
  onTaken?(source: SourceName, counts: { firing: number; resolved: number; deduplicated: number }): void;
  /** A delivery that was refused, or an alert in one; `code` says why. */
  onRefused?(source: SourceName, code: string): void;
}

const SOURCES: Readonly<Record<SourceName, { summary: string; read: Read }>> = {
  alertmanager: {
    summary: "Take in a group of Alertmanager's alerts (webhook version 4)",
    read: readGroup('alertmanager'),
  },
  grafana: { summary: "Take in a group of Grafana's alerts", read: readGrafana },
  pagerduty: { summary: "Take in an event of PagerDuty's webhooks v3", read: readPagerDuty },
  generic: { summary: 'Take in the JSON of any program, by the mapping of the configuration', read: readGeneric },
};

export const takenJson = z.object({
  received: z.int().describe('Alerts that are stored'),
  deduplicated: z.int().describe('Of them, those that said nothing new'),
  unreadable: z.int().describe('Alerts that could not be read; the others count all the same'),
  ignored: z.string().optional().describe('Why nothing is done with it, where that is right'),
});

/** `POST /webhooks/{source}`, a row for each kind of sender. Answered when everything is stored. */
export function webhookRoutes(parts: WebhookParts): Route[] {
  return Object.entries(SOURCES).map(([name, { summary, read }]) => webhookRoute(nameOf(name), summary, read, parts));
}

function nameOf(name: string): SourceName {
  const known: SourceName[] = ['alertmanager', 'grafana', 'pagerduty', 'generic'];
  return known.find((one) => one === name) ?? 'generic';
}

function webhookRoute(source: SourceName, summary: string, read: Read, parts: WebhookParts): Route {
  const { engine, generic, bodyDepth } = parts;
  const query =
    source === 'generic'
      ? z.looseObject({ name: z.string().max(64).optional().describe('which of the generic sources') })
      : z.looseObject({});
  return route({
    ...NO_INPUT,
    method: 'post',
    path: `/webhooks/${source}`,
    operation: `${source}Webhook`,
    summary,
    access: 'signed',
    query,
    answers: { 200: { description: 'It is stored', schema: takenJson } },
    errors: ['unauthenticated', 'forbidden', 'not_found', 'too_large', 'too_many', 'unavailable'],
    handle: ({ delivery, query: { name } }) =>
      refusalsCounted(source, parts, async () => {
        const bytes = await delivery.bytes();
        await parts.knowSender(source, delivery, bytes);
        const mapped =
          source === 'generic' ? genericOf(typeof name === 'string' ? name : undefined, generic) : undefined;
        const body = parseJson(bytes, bodyDepth);
        const reading = await read(body, { header: delivery.header, ...(mapped ? { generic: mapped } : {}) });
        return answered(source, reading, parts, engine);
      }),
  });
}

async function answered(source: SourceName, reading: Reading, parts: WebhookParts, engine: Engine): Promise<Reply> {
  const { unreadable, ignored, delivery } = reading;
  let counts = { received: 0, deduplicated: 0 };
  const work = async () => {
    counts = await taken(source, reading, parts, engine);
    await reading.afterwards?.(engine);
  };
  if (delivery === undefined) await work();
  else if (!(await engine.deliver(source, delivery, work))) counts = repeated(source, reading, parts);
  for (let n = 0; n < unreadable; n += 1) parts.onRefused?.(source, 'unreadable_alert');
  const body: z.infer<typeof takenJson> = { ...counts, unreadable, ...(ignored === undefined ? {} : { ignored }) };
  return { status: 200, body };
}

async function taken(source: SourceName, { alerts }: Reading, parts: WebhookParts, engine: Engine) {
  const outcomes = await engine.takeAlerts(alerts);
  const deduplicated = outcomes.filter((one) => one === 'again' || one === 'late').length;
  count(source, alerts, deduplicated, parts);
  return { received: alerts.length, deduplicated };
}

/** The whole delivery was seen before. */
function repeated(source: SourceName, { alerts }: Reading, parts: WebhookParts) {
  count(source, alerts, alerts.length, parts);
  return { received: alerts.length, deduplicated: alerts.length };
}

function count(source: SourceName, alerts: Reading['alerts'], deduplicated: number, { onTaken }: WebhookParts): void {
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  if (alerts.length > 0) onTaken?.(source, { firing, resolved: alerts.length - firing, deduplicated });
}

async function refusalsCounted(source: SourceName, { onRefused }: WebhookParts, work: () => Promise<Reply>) {
  try {
    return await work();
  } catch (error) {
    onRefused?.(source, error instanceof UserError ? error.code : 'internal');
    throw error;
  }
}

/** The first, unless one is named; without any the usual names of fields are read. */
function genericOf(name: string | undefined, generic: readonly GenericSource[]): GenericSource | undefined {
  if (name === undefined) return generic[0];
  const found = generic.find((one) => one.name === name);
  if (!found) throw new NotFound('generic source of alerts', name);
  return found;
}
