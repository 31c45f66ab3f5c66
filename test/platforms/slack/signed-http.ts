import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { type Acknowledged, DEADLINE_MS, DispatchFailed, type Sending, type Transport } from './transport.js';

export interface SignedHttp extends Transport {
  url: string;
  /** A request exactly as given: what the app answers. */
  post(body: string | Buffer, headers: Record<string, string>): Promise<{ status: number; body: string }>;
  /** Headers of a true request. */
  sign(body: string, options?: { type?: string; ageS?: number; secret?: string }): Record<string, string>;
  resendLast(): Promise<Acknowledged>;
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** Slack as it calls an app's address: signed, and with 3 s of patience. */
export function createSignedHttp(url: string, signingSecret: string): SignedHttp {
  let last: Sending | undefined;

  function post(body: string | Buffer, headers: Record<string, string>): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const req = request(url, { method: 'POST', headers }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        res.on('error', reject);
      });
      req.setTimeout(DEADLINE_MS, () => req.destroy(new DispatchFailed('not acknowledged within 3 s')));
      req.on('error', reject);
      req.end(body);
    });
  }

  const sign: SignedHttp['sign'] = (body, { type = FORM, ageS = 0, secret = signingSecret } = {}) => {
    const timestamp = String(Math.floor(Date.now() / 1_000) - ageS);
    const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    return { 'content-type': type, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${signature}` };
  };

  async function send(sending: Sending): Promise<Acknowledged> {
    last = sending;
    const began = performance.now();
    const { body, type } = written(sending);
    const again: Record<string, string> = sending.retry
      ? { 'x-slack-retry-num': String(sending.retry.attempt), 'x-slack-retry-reason': sending.retry.reason }
      : {};
    const answer = await post(body, { ...sign(body, { type }), ...again });
    if (answer.status !== 200) throw new DispatchFailed(`answered ${answer.status}`);
    return { payload: answer.body === '' ? undefined : JSON.parse(answer.body), tookMs: performance.now() - began };
  }

  return {
    url,
    post,
    sign,
    send,
    resendLast() {
      if (!last) throw new Error('nothing was sent yet');
      return send(last);
    },
  };
}

/** Events are JSON; the rest are forms, interactions with all of it in one field. */
function written({ kind, payload }: Sending): { body: string; type: string } {
  if (kind === 'events_api') return { body: JSON.stringify(payload), type: JSON_TYPE };
  if (kind === 'interactive')
    return { body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), type: FORM };
  const fields = Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]);
  return { body: new URLSearchParams(fields).toString(), type: FORM };
}
