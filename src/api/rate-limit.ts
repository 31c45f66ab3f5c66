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
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
      throw new UserError('too_many', `Too many ${what}. Try again in ${seconds} s.`, { retry_after_s: seconds });
    }
  };
}
