import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type Receiver, startReceiver } from '../receiver.js';

/** A receiver that checks signatures as Standard Webhooks 1.0.0 tells receivers to. Source: https://www.standardwebhooks.com */
export const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of twenty-four+').toString('base64')}`;

export interface WebhookServer extends Receiver {
  /** One for each id: a repetition is known by it. */
  messages: { id: string; body: z.output<typeof message> }[];
  repeated: string[];
  refused: string[];
}

const TOLERANCE_S = 300;
const message = z.strictObject({
  type: z.enum(['escalation.trigger', 'escalation.acknowledge', 'escalation.resolve']),
  timestamp: z.iso.datetime(),
  data: z.strictObject({
    dedup_key: z.string().min(1).max(255),
    escalation: z.string().regex(/^E-\d+$/),
    service: z.string(),
    criticality: z.enum(['critical', 'high', 'medium', 'low']),
    code: z.string(),
    reason: z.string(),
    level: z.int().min(1),
    recovery: z.string().nullable(),
    by: z.string().nullable(),
    text: z.string(),
  }),
});

export async function startWebhook(): Promise<WebhookServer> {
  const messages: WebhookServer['messages'] = [];
  const repeated: string[] = [];
  const refused: string[] = [];
  const refuse = (status: number, why: string) => {
    refused.push(why);
    return { status, body: why };
  };
  const receiver = await startReceiver((request, body) => {
    const id = String(request.headers['webhook-id'] ?? '');
    const timestamp = String(request.headers['webhook-timestamp'] ?? '');
    const given = String(request.headers['webhook-signature'] ?? '');
    if (!id || !/^\d+$/.test(timestamp)) return refuse(400, 'webhook-id or webhook-timestamp is missing');
    if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_S) return refuse(400, 'the timestamp is too old');
    const key = Buffer.from(WEBHOOK_SECRET.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
    const genuine = given.split(' ').some((one) => {
      const [version, signature = ''] = one.split(',');
      const bytes = Buffer.from(signature, 'base64');
      return version === 'v1' && bytes.length === expected.length && timingSafeEqual(bytes, expected);
    });
    if (!genuine) return refuse(401, 'the signature is not right');
    const parsed = message.safeParse(JSON.parse(body));
    if (!parsed.success) return refuse(422, z.prettifyError(parsed.error));
    if (messages.some((known) => known.id === id)) repeated.push(id);
    else messages.push({ id, body: parsed.data });
    return { status: 204, body: '' };
  }, '/incidents');
  return Object.assign(receiver, { messages, repeated, refused });
}
