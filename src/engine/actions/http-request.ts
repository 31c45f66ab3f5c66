import { z } from 'zod';
import { httpRequest as send } from '../health/http-request.js';
import { TimeOver, within } from '../health/within.js';
import { failureInWords } from '../health/words.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import { errorCode } from '../processes/error-code.js';
import { credential } from '../secrets/credential.js';
import { shownUrl } from '../secrets/shown-url.js';
import { ActionError, UnknownOutcome } from './action.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS } from './fields.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const URLS = 'an http:// or https:// URL';
const STATUS = 'an HTTP status from 100 to 599, or a list of them';
const status = z
  .number({ error: STATUS })
  .int({ error: STATUS })
  .min(100, { error: STATUS })
  .max(599, { error: STATUS });
const DEFAULT_TIMEOUT = '30s';
/** Failures before a byte of the request was sent: it cannot have had an effect. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

export const httpRequest = defineAction({
  name: 'http_request',
  description: 'Sends one HTTP request; redirects are not followed.',
  version: 1,
  input: z.strictObject({
    url: credential(z.string({ error: URLS }).refine(isWebUrl, { error: URLS })),
    method: z.enum(METHODS, { error: `one of ${METHODS.join(', ')}` }).default('GET'),
    headers: z
      .record(z.string(), credential(z.string({ error: 'a text' })), { error: 'a mapping of header names to texts' })
      .optional(),
    body: credential(z.string({ error: 'a text' })).optional(),
    expect_status: z.union([status, z.array(status).min(1, { error: STATUS })], { error: STATUS }).optional(),
    timeout: duration(HOUR_MS, '1h').optional(),
  }),
  shorthand: 'url',
  risk: ({ method }) => (isSafe(method) ? 0.05 : 0.4),
  idempotent: false,
  timeoutMs: HOUR_MS,
  services: () => [],
  title: ({ method, url }) => `${method} ${withoutSecrets(url)}`,

  async run({ url, method, headers, body, expect_status: expected, timeout = DEFAULT_TIMEOUT }, ctx) {
    const ms = parseDuration(timeout);
    const call = `${method} ${withoutSecrets(url)}`;
    const answer = await within(ms, ctx.signal, (signal) =>
      send(new URL(url), { method, headers, body, maxBody: 4_000 }, signal),
    ).catch((error: unknown) => {
      ctx.signal.throwIfAborted();
      const why = error instanceof TimeOver ? `no answer within ${formatDuration(ms)}` : failureInWords(error);
      if (isSafe(method) || NEVER_SENT.has(errorCode(error) ?? ''))
        throw new ActionError(`${call}: ${why}.`, { code: 'http_failed' });
      throw new UnknownOutcome(`${call}: ${why}; whether the request took effect is not known`);
    });
    const facts = { status: answer.status, body: answer.body };
    if (accepts(expected, answer.status)) return { summary: `HTTP ${answer.status}`, ...facts };
    const wanted = expected === undefined ? '200 to 299' : [expected].flat().join(' or ');
    throw new ActionError(`${call} answered ${answer.status}, expected ${wanted}.`, { code: 'http_status', facts });
  },

  async probe({ method }) {
    if (isSafe(method)) return { outcome: 'not_done', evidence: `${method} changes nothing and can be sent again` };
    return { outcome: 'unknown', evidence: `nothing here shows whether the ${method} arrived` };
  },

  preview: async ({ method, url }) => `would send ${method} ${withoutSecrets(url)}`,
});

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function accepts(expected: number | number[] | undefined, got: number): boolean {
  return expected === undefined ? got >= 200 && got < 300 : [expected].flat().includes(got);
}

function isWebUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

/** User, password and query may carry secrets: they are never shown. */
function withoutSecrets(url: string): string {
  return shownUrl(url, ({ origin, pathname }) => `${origin}${pathname}`);
}
