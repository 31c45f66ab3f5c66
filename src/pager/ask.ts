import { failureInWords } from '../engine/health/words.js';
import { redact } from '../engine/model/redact.js';
import { NotDelivered, PATIENCE_MS } from './pager.js';

export interface Request {
  method: 'GET' | 'POST';
  /** Who is asked, in words: the URL may be a secret. */
  what: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** What a receiver said, as far as it is of use. */
const MOST_OF_AN_ANSWER = 2_000;
/** Too many requests, a timeout, and whatever is the receiver's own fault may be well again later. */
const isPassing = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

/** Sends it once, follows no redirect, and gives the body of an answer from 200 to 299. */
export async function ask({ what, method, url, headers, body }: Request, signal: AbortSignal): Promise<string> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: within,
    });
    text = (await answer.text()).slice(0, MOST_OF_AN_ANSWER);
  } catch (error) {
    const why =
      within.aborted && !signal.aborted ? `no answer within ${PATIENCE_MS / 1_000} s` : failureInWords(causeOf(error));
    throw new NotDelivered(`${what}: ${why}`, true);
  }
  if (answer.ok) return text;
  const said = redact(text.replace(/\s+/g, ' ').trim()).slice(0, 500);
  throw new NotDelivered(
    `${what} answered ${answer.status}${said === '' ? '' : `: ${said}`}`,
    isPassing(answer.status),
    retryAfterMs(answer.headers.get('retry-after')),
  );
}

/** The object that a receiver gave as its reason; undefined where it is none, or was cut. */
export function jsonIn(message: string): unknown {
  try {
    return JSON.parse(/\{.*\}/.exec(message)?.[0] ?? '');
  } catch {
    return undefined;
  }
}

/** `fetch` wraps what failed. */
function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error && error.cause ? error.cause : error;
}

const LONGEST_WAIT_MS = 15 * 60_000;

/** Seconds, or a date (RFC 9110, 10.2.3); at most a quarter of an hour, since people are waited for. */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_WAIT_MS) : undefined;
}
