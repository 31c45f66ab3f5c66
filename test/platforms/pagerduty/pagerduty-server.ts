import { z } from 'zod';
import { type Answer, type Receiver, startReceiver } from '../receiver.js';

/**
 * PagerDuty's Events API v2 as its documentation has it: what it refuses with 400, what it drops without a word, and what
 * it makes of the rest. Source: https://developer.pagerduty.com/docs/events-api-v2/
 */

export const ROUTING_KEY = '0123456789abcdef0123456789abcdef';

export interface PagerDutyIncident {
  dedupKey: string;
  summary: string;
  status: 'triggered' | 'acknowledged' | 'resolved';
  /** Everything that was taken about it, in order, repetitions too. */
  log: string[];
}

export interface PagerDutyServer extends Receiver {
  /** In the order in which they began; after its resolve a key begins another one. */
  incidents: PagerDutyIncident[];
  /** What was accepted and has no effect: an acknowledge or resolve without an open incident. */
  dropped: string[];
  /** Why requests were refused. */
  refused: string[];
  /** The bodies of all triggers that were taken. */
  triggers: z.output<typeof trigger>[];
}

const LARGEST = 512 * 1024;
const key = z.string().min(1).max(255);
const common = { routing_key: z.string().length(32), client: z.string().optional(), client_url: z.url().optional() };
const trigger = z.object({
  ...common,
  event_action: z.literal('trigger'),
  dedup_key: key.optional(),
  payload: z.object({
    summary: z.string().min(1).max(1_024),
    source: z.string().min(1),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    timestamp: z.iso.datetime().optional(),
    component: z.string().optional(),
    class: z.string().optional(),
    custom_details: z.record(z.string(), z.unknown()).optional(),
  }),
  links: z.array(z.object({ href: z.url(), text: z.string() })).optional(),
});
const event = z.discriminatedUnion('event_action', [
  trigger,
  z.object({ ...common, event_action: z.enum(['acknowledge', 'resolve']), dedup_key: key }),
]);

export async function startPagerDuty(): Promise<PagerDutyServer> {
  const incidents: PagerDutyIncident[] = [];
  const dropped: string[] = [];
  const refused: string[] = [];
  const triggers: z.output<typeof trigger>[] = [];

  function take(body: string): Answer {
    if (Buffer.byteLength(body) > LARGEST) return refuse(413, 'the event is larger than 512 KB');
    const parsed = event.safeParse(parseJson(body));
    if (!parsed.success) return refuse(400, z.prettifyError(parsed.error));
    const { data } = parsed;
    if (data.routing_key !== ROUTING_KEY) return refuse(400, 'routing_key is not one of an integration');
    const dedupKey = data.dedup_key ?? `made-${incidents.length}`;
    const open = incidents.find((one) => one.dedupKey === dedupKey && one.status !== 'resolved');
    if (data.event_action === 'trigger') {
      triggers.push(data);
      if (open) open.log.push('trigger');
      else incidents.push({ dedupKey, summary: data.payload.summary, status: 'triggered', log: ['trigger'] });
    } else if (open) {
      open.status = data.event_action === 'resolve' ? 'resolved' : 'acknowledged';
      open.log.push(data.event_action);
    } else dropped.push(`${data.event_action} ${dedupKey}`);
    return json(202, { status: 'success', message: 'Event processed', dedup_key: dedupKey });
  }

  function refuse(status: number, why: string): Answer {
    refused.push(why);
    return json(status, { status: 'invalid event', message: 'Event object is invalid', errors: [why] });
  }

  const receiver = await startReceiver(
    (request, body) => (request.method === 'POST' && request.url === '/v2/enqueue' ? take(body) : json(404, {})),
    '/v2/enqueue',
  );
  return Object.assign(receiver, { incidents, dropped, refused, triggers });
}

function json(status: number, body: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
