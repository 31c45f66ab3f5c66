import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { UserError } from '../engine/model/errors.js';

/** Counts one more for `key`; throws `too_many` with `retry_after_s` above the limit. */
export type Allow = (key: string) => Promise<void>;

/** Each key may have `points` in each window. Counts live in this process only. */
export function createRateLimit(points: number, windowMs: number, what: string): Allow {
  const limiter = new RateLimiterMemory({ points, duration: windowMs / 1_000 });
  return async (key) => {
    try {
      await limiter.consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw tooMany(what, refusal.msBeforeNext);
    }
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
