import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { UserError } from '../engine/model/errors.js';

/** What a key has left in its window. */
export interface Quota {
  limit: number;
  windowS: number;
  remaining: number;
  resetS: number;
}

/** Counts one more for `key`; throws `too_many` with `retry_after_s` above the limit. `tell` hears of it either way. */
export type Allow = (key: string, tell?: (quota: Quota) => void) => Promise<void>;

/** Each key may have `points` in each window. Counts live in this process only. */
export function createRateLimit(points: number, windowMs: number, what: string): Allow {
  const limiter = new RateLimiterMemory({ points, duration: windowMs / 1_000 });
  const left = ({ remainingPoints, msBeforeNext }: RateLimiterRes): Quota => ({
    limit: points,
    windowS: Math.ceil(windowMs / 1_000),
    remaining: remainingPoints,
    resetS: Math.max(0, Math.ceil(msBeforeNext / 1_000)),
  });
  return async (key, tell) => {
    try {
      const counted = await limiter.consume(key);
      tell?.(left(counted));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      tell?.(left(refusal));
      throw tooMany(what, refusal.msBeforeNext);
    }
  };
}

/** Those of the IETF draft, and the three of its earlier versions, which most clients read. */
export function quotaHeaders({ limit, windowS, remaining, resetS }: Quota): Record<string, string> {
  return {
    'RateLimit-Policy': `"token";q=${limit};w=${windowS}`,
    RateLimit: `"token";r=${remaining};t=${resetS}`,
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': String(resetS),
  };
}

/** Counts attempts that were refused: `attempt` is not made at all once `key` had too many of them in the window. */
export type Limited = <T>(key: string, attempt: () => Promise<T>) => Promise<T>;

export function createForbiddenLimit(points: number, windowMs: number): Limited {
  const limiter = new RateLimiterMemory({ points, duration: windowMs / 1_000 });
  return async (key, attempt) => {
    const spent = await limiter.get(key);
    if (spent && spent.consumedPoints >= points) throw tooMany('requests that you may not make', spent.msBeforeNext);
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof UserError && error.code === 'forbidden') await limiter.penalty(key);
      throw error;
    }
  };
}

function tooMany(what: string, msBeforeNext: number): UserError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  return new UserError('too_many', `Too many ${what}. Try again in ${seconds} s.`, { retry_after_s: seconds });
}
