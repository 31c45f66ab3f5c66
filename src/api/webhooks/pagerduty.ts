import { z } from 'zod';
import type { IncomingAlert } from '../../engine/alerts/incoming.js';
import type { Engine } from '../../engine/engine.js';
import { UserError } from '../../engine/model/errors.js';
import type { Principal } from '../../engine/model/person.js';
import type { Read, Reading } from './read.js';

const reference = z.looseObject({ id: z.string(), summary: z.string().nullish() });
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** One event of PagerDuty's webhooks v3. Source: PagerDuty developer documentation, "Webhooks Overview". */
const delivery = z.looseObject({
  event: z.looseObject({
    id: z.string().min(1).max(200),
    event_type: z.string(),
    occurred_at: moment.optional(),
    /** null: it was no person. */
    agent: reference.nullish(),
    data: z.unknown(),
  }),
});

const incident = z.looseObject({
  id: z.string().min(1).max(200),
  title: z.string().default(''),
  urgency: z.string().nullish(),
  incident_key: z.string().nullish(),
  html_url: z.string().nullish(),
  created_at: moment.optional(),
  service: reference.nullish(),
  priority: reference.nullish(),
});

/** What keys of our own pages begin with, also those of another installation: none of them is an alert. */
const OURS = 'reviver:';

type Event = z.output<typeof delivery>['event'];
type PagerIncident = z.output<typeof incident>;

/** What its kinds of events mean; all others are of no interest, which is no error. */
const STATUS: Readonly<Record<string, IncomingAlert['status']>> = {
  'incident.triggered': 'firing',
  'incident.reopened': 'firing',
  'incident.acknowledged': 'firing',
  'incident.resolved': 'resolved',
};

export const readPagerDuty: Read = (body, { header }) => {
  const read = delivery.safeParse(body);
  if (!read.success) throw new UserError('invalid_input', 'This is no webhook v3 of PagerDuty: it needs "event".');
  const { event } = read.data;
  const about = incident.safeParse(event.data);
  const status = Object.hasOwn(STATUS, event.event_type) ? STATUS[event.event_type] : undefined;
  const seen = { delivery: header('x-webhook-id') ?? event.id };
  if (status === undefined || !about.success) return nothing(`${event.event_type} is of no interest here.`);
  const afterwards = acknowledging(event, about.data);
  const key = about.data.incident_key ?? '';
  // What was paged from here is no news here.
  if (key.startsWith(OURS))
    return { ...nothing('It was paged from here.'), ...seen, ...(afterwards ? { afterwards } : {}) };
  return {
    alerts: [toAlert(event, about.data, status)],
    unreadable: 0,
    ...seen,
    ...(afterwards ? { afterwards } : {}),
  };
};

function nothing(why: string): Reading {
  return { alerts: [], unreadable: 0, ignored: why };
}

function toAlert(event: Event, data: PagerIncident, status: IncomingAlert['status']): IncomingAlert {
  const { id, title, urgency, service, priority, created_at: created, html_url: url } = data;
  const again = event.event_type === 'incident.reopened' ? event.occurred_at : undefined;
  const startsAt = again ?? created;
  return {
    source: 'pagerduty',
    fingerprint: id,
    name: title || 'PagerDuty incident',
    status,
    labels: { ...(urgency ? { urgency } : {}), ...(url ? { url } : {}) },
    says: '',
    // PagerDuty has made one of what belongs together.
    groupedBy: { pagerduty: id },
    severity: priority?.summary ?? urgency ?? undefined,
    ...(service?.summary ? { service: service.summary } : {}),
    ...(status === 'firing' && startsAt ? { startsAt } : {}),
    ...(status === 'resolved' && event.occurred_at ? { endsAt: event.occurred_at } : {}),
  };
}

/** The same acknowledgement as a button's. What no person did, our own pages among them, says nothing. */
function acknowledging({ event_type: type, agent }: Event, data: PagerIncident): Reading['afterwards'] {
  if (type !== 'incident.acknowledged' || !agent) return undefined;
  return async (engine) => {
    const who = principal(agent, engine);
    if (await engine.acknowledgePage(data.incident_key ?? '', who)) return;
    const id = await engine.incidentOf('pagerduty', data.id);
    if (id === undefined) return;
    await engine.acknowledge(id, who).catch((error: unknown) => {
      if (!(error instanceof UserError) || error.code !== 'not_found') throw error;
    });
  };
}

/** Whom the configuration does not know by the pager's id is named by it, which nobody can choose. */
function principal({ id }: z.output<typeof reference>, engine: Engine): Principal {
  const person = engine.people().find(({ ids }) => ids.pagerduty === id);
  return { name: person?.name ?? `pagerduty:${id}`, roles: ['responder'], human: true, via: 'pagerduty' };
}
