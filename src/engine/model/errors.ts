import type { Because } from './because.js';
import type { JsonObject } from './json.js';

/**
 * Every error that a person may read is one of these: a stable `code`, one sentence that says what happened and what to
 * do, and facts for programs. Anything else is a defect and is shown as "internal error" with an id. `because` is the
 * same reason without words, for surfaces that speak another language.
 */
export class UserError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly facts: JsonObject = {},
    readonly because?: Because,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** The one table of reasons; `http` is the status that the API answers with. */
export const ERRORS = {
  invalid_input: { http: 422, title: 'Invalid input' },
  malformed: { http: 400, title: 'Malformed request' },
  unauthenticated: { http: 401, title: 'Authentication required' },
  forbidden: { http: 403, title: 'Not allowed' },
  not_found: { http: 404, title: 'Not found' },
  method_not_allowed: { http: 405, title: 'Method not allowed' },
  conflict: { http: 409, title: 'Conflict' },
  stale: { http: 409, title: 'The plan changed' },
  expired: { http: 410, title: 'Expired' },
  constitution: { http: 403, title: 'Refused by the constitution' },
  precondition_failed: { http: 412, title: 'It changed meanwhile' },
  precondition_required: { http: 428, title: 'Say what you replace' },
  too_large: { http: 413, title: 'Too large' },
  unsupported_media: { http: 415, title: 'Unsupported media type' },
  too_many: { http: 429, title: 'Too many requests' },
  unavailable: { http: 503, title: 'Temporarily unavailable' },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** One bad field: names the field, the value and what is allowed. */
export class InvalidInput extends UserError {
  constructor(field: string, value: unknown, allowed: string) {
    super('invalid_input', `${field}: ${show(value)} is not allowed; expected ${allowed}.`, {
      field,
      value: show(value),
      allowed,
    });
  }
}

export class NotFound extends UserError {
  constructor(what: string, name: string, suggestion?: string) {
    const message = `No ${what} "${name}".${suggestion ? ` Did you mean ${suggestion}?` : ''}`;
    super('not_found', message, { name, suggestion }, { kind: 'not_found', what, name, suggestion });
  }
}

/** Raised when a pinned rule or the constitutional hash does not hold; nothing was done. */
export class RecoveryConstitutionalError extends UserError {
  constructor(message: string, facts: JsonObject = {}, because?: Because) {
    super('constitution', message, facts, because);
  }
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? `a ${typeof value}`);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
