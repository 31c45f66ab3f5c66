import type { LoginProblem } from './state.js';

const REASONS = ['unknown', 'expired', 'malformed'] as const;

/** Why a token was not taken, from what the server said of it: `status` 0 when it said nothing. */
export function loginProblem(refused: { status: number; reason?: string | undefined; message?: string }): LoginProblem {
  const { status, reason, message } = refused;
  if (status === 401) return { kind: REASONS.find((known) => known === reason) ?? 'unknown' };
  if (status === 429) return { kind: 'too_many' };
  if (status === 0 || status >= 500) return { kind: 'unreachable' };
  // Such as a token without a person: the server's words name what to mend.
  return { kind: 'said', text: message ?? '' };
}
