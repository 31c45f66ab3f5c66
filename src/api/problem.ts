import { z } from 'zod';
import { ERRORS, type ErrorCode, UserError } from '../engine/model/errors.js';
import type { JsonObject } from '../engine/model/json.js';
import { redact, redactJson } from '../engine/model/redact.js';

/** An RFC 9457 problem document; facts of the error stand beside the members that the RFC names. */
export const problemJson = z.looseObject({
  type: z.string().describe('`urn:reviver:problem:` and the code'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What happened and what to do, for a person'),
  instance: z.string().describe('Path of the request'),
  code: z.string().describe('Stable, for programs'),
  id: z.string().optional().describe('Of an internal error: what to look for in the log'),
});
export type ProblemJson = z.infer<typeof problemJson>;

export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: ProblemJson;
}

/** The one place where an error becomes an answer. An unexpected one tells its id and nothing else. */
export function problemOf(error: unknown, instance: string, id: string): Problem {
  const known = asUserError(error);
  if (!known) return internal(instance, id);
  const { http, title } = ERRORS[known.code];
  return {
    status: http,
    headers: { ...PROBLEM_TYPE, ...HEADERS[known.code]?.(known.facts) },
    body: {
      ...redactJson(known.facts),
      type: typeOf(known.code),
      title,
      status: http,
      detail: redact(known.message),
      instance,
      code: known.code,
    },
  };
}

export function isInternal(problem: Problem): boolean {
  return problem.body.code === 'internal';
}

const PROBLEM_TYPE = { 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' };

/** Facts that HTTP wants as headers too. */
const HEADERS: Partial<Record<ErrorCode, (facts: JsonObject) => Record<string, string>>> = {
  unauthenticated: (facts) => ({
    'WWW-Authenticate': `Bearer realm="reviver"${facts.reason === 'missing' ? '' : ', error="invalid_token"'}`,
  }),
  too_many: (facts) => ({ 'Retry-After': String(facts.retry_after_s ?? 1) }),
  conflict: retryAfter,
  unavailable: (facts) => ({ 'Retry-After': String(facts.retry_after_s ?? 5) }),
  method_not_allowed: (facts) => ({ Allow: String(facts.allow ?? '') }),
};

/** Where the wait is known. */
function retryAfter(facts: JsonObject): Record<string, string> {
  const { retry_after_s: seconds } = facts;
  const headers: Record<string, string> = {};
  if (typeof seconds === 'number') headers['Retry-After'] = String(seconds);
  return headers;
}

/** Refusals of Express and its body parser, by their status; their own texts quote the client's bytes. */
const BY_STATUS: Record<number, () => UserError> = {
  400: () => new UserError('malformed', 'The request cannot be read: its URL or its JSON body is malformed.'),
  413: () => new UserError('too_large', 'The body is larger than this server accepts.'),
  415: () => new UserError('unsupported_media', 'The body must be uncompressed JSON in UTF-8.'),
};

function asUserError(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error;
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  return BY_STATUS[error.status]?.();
}

function internal(instance: string, id: string): Problem {
  const detail = `Something failed inside Reviver. What was asked may or may not have happened. Look for ${id} in its log.`;
  return {
    status: 500,
    headers: PROBLEM_TYPE,
    body: { type: typeOf('internal'), title: 'Internal error', status: 500, detail, instance, code: 'internal', id },
  };
}

function typeOf(code: string): string {
  return `urn:reviver:problem:${code}`;
}
