import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { ActionError } from '../../actions/action.js';
import { deadline } from '../../health/within.js';
import { failureInWords } from '../../health/words.js';
import type { BucketAddress } from './address.js';

export interface Question {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  /** Without the prefix; empty: the bucket. */
  key: string;
  query?: Record<string, string>;
  body?: Buffer;
  signal: AbortSignal;
}

/** Of a request, with its answer's head; a body is read under the caller's own signal. */
const REQUEST_MS = 120_000;
const MOST_TRIES = 5;
const PAUSE_MS = 200;

/**
 * One signed request. The body's SHA-256 is signed with it, so that the store refuses what arrives changed. Where the store
 * is busy or away (429, 5xx, no answer) it is sent again, later each time; each of these requests may be repeated.
 */
export async function ask(address: BucketAddress, question: Question): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const { answer, error } = await sent(address, question);
    if (answer?.ok) return answer;
    const again = answer === undefined || answer.status === 429 || answer.status >= 500;
    if (!again || tries === MOST_TRIES) throw answer ? await refused(address, question, answer) : away(address, error);
    const askedMs = Number(answer?.headers.get('retry-after') ?? 0) * 1_000;
    await answer?.body?.cancel();
    const pauseMs = Math.max(askedMs || 0, PAUSE_MS * 2 ** tries * (0.5 + Math.random()));
    await delay(Math.min(30_000, pauseMs), undefined, { signal: question.signal });
  }
}

function sent(address: BucketAddress, question: Question): Promise<{ answer?: Response; error?: unknown }> {
  return send(address, question).then(
    (answer) => ({ answer }),
    (error: unknown) => {
      question.signal.throwIfAborted();
      return { error };
    },
  );
}

async function send(address: BucketAddress, { method, key, query = {}, body, signal }: Question): Promise<Response> {
  const path = key === '' ? '/' : `/${(address.prefix + key).split('/').map(encodeURIComponent).join('/')}`;
  const url = new URL(address.url + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const sha256 = createHash('sha256')
    .update(body ?? '')
    .digest('hex');
  const { accessKeyId, secretAccessKey, sessionToken, region } = address;
  const signed = await new AwsV4Signer({
    url: url.href,
    method,
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
    ...(sessionToken === undefined ? {} : { sessionToken }),
    headers: { 'x-amz-content-sha256': sha256 },
  }).sign();
  const time = deadline(REQUEST_MS, signal);
  try {
    return await fetch(signed.url, {
      method,
      headers: signed.headers,
      signal: method === 'GET' ? signal : time.signal,
      redirect: 'error',
      ...(body ? { body } : {}),
    });
  } finally {
    time.clear();
  }
}

const ADVICE: Record<string, string> = {
  AccessDenied: 'Give the key the rights to list, read, write and delete in it.',
  InvalidAccessKeyId: 'The store does not know this access key.',
  SignatureDoesNotMatch: 'The secret key is not the one of this access key, or the region is another one.',
  RequestTimeTooSkewed: 'The clock of this machine is wrong.',
};

/** Without URL query, headers and body: they carry what others must not see. */
async function refused(address: BucketAddress, { method, key }: Question, answer: Response): Promise<ActionError> {
  const text = (await answer.text().catch(() => '')).slice(0, 4_000);
  const code = /<Code>([\w.]+)<\/Code>/.exec(text)?.[1] ?? `HTTP ${answer.status}`;
  const what = `The store of backups ${placeOf(address)} refuses ${method} ${key || 'of its list'}: ${code}.`;
  const facts = { status: answer.status, s3_code: code };
  const advice = code === 'NoSuchBucket' ? `Make the bucket, or correct ${address.variable}.` : ADVICE[code];
  return new ActionError(`${what} ${advice ?? ''}`.trim(), { code: 's3_refused', facts });
}

function away(address: BucketAddress, error: unknown): ActionError {
  // What fetch throws says nothing; its cause does.
  const { cause }: { cause?: unknown } = Object(error);
  const why = failureInWords(cause ?? error);
  return new ActionError(`The store of backups ${placeOf(address)} does not answer (${why}).`, {
    code: 's3_unavailable',
  });
}

function placeOf({ url }: BucketAddress): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}
