/** Calls a minute for each method and workspace, by Slack's tiers. */
const TIERS = { 2: 20, 3: 50, 4: 100, special: 600 } as const;
export type Tier = keyof typeof TIERS;

/** chat.postMessage: 1 a second in a channel; short bursts are borne. Some hundred a minute in the workspace. */
const POST_BURST = 4;
const POSTS_A_MINUTE = 300;

export interface RateLimits {
  /** Seconds to wait, for Retry-After; 0: the call may be made, and counts. */
  take(method: string, tier: Tier, channel?: string): number;
  /** Each refusal, in order. */
  refusals: { method: string; channel?: string; at: number }[];
  /** Refuses the next calls of a method, in one channel or in all. */
  refuseNext(method: string, times: number, retryAfterS: number, channel?: string): void;
}

/** `minuteMs` is how long Slack's minute lasts here; Retry-After has whole seconds all the same. */
export function createRateLimits(minuteMs: number): RateLimits {
  const windows = new Map<string, number[]>();
  const buckets = new Map<string, { tokens: number; at: number }>();
  const ordered: { method: string; channel?: string; times: number; retryAfterS: number }[] = [];
  const refusals: RateLimits['refusals'] = [];

  /** Milliseconds until one more call fits into the minute. */
  function windowMs(key: string, calls: number): number {
    const now = performance.now();
    const inWindow = (windows.get(key) ?? []).filter((at) => now - at < minuteMs);
    windows.set(key, inWindow);
    const oldest = inWindow[inWindow.length - calls];
    return oldest === undefined ? 0 : oldest + minuteMs - now;
  }

  /** Milliseconds until the channel takes one more post. */
  function bucketMs(channel: string): number {
    const secondMs = minuteMs / 60;
    const now = performance.now();
    const { tokens, at } = buckets.get(channel) ?? { tokens: POST_BURST, at: now };
    const filled = Math.min(POST_BURST, tokens + (now - at) / secondMs);
    buckets.set(channel, { tokens: filled, at: now });
    return filled >= 1 ? 0 : (1 - filled) * secondMs;
  }

  return {
    refusals,
    take(method, tier, channel) {
      const refuse = (seconds: number) => {
        refusals.push({ method, ...(channel === undefined ? {} : { channel }), at: performance.now() });
        return seconds;
      };
      const order = ordered.find(
        (each) => each.method === method && each.times > 0 && (each.channel ?? channel) === channel,
      );
      if (order) {
        order.times -= 1;
        return refuse(order.retryAfterS);
      }
      const posts = method === 'chat.postMessage' && channel !== undefined;
      const waits = [windowMs(method, posts ? POSTS_A_MINUTE : TIERS[tier]), posts ? bucketMs(channel) : 0];
      const longest = Math.max(...waits);
      if (longest > 0) return refuse(Math.max(1, Math.ceil(longest / 1_000)));
      windows.get(method)?.push(performance.now());
      const bucket = posts ? buckets.get(channel) : undefined;
      if (bucket) bucket.tokens -= 1;
      return 0;
    },
    refuseNext(method, times, retryAfterS, channel) {
      ordered.push({ method, times, retryAfterS, ...(channel === undefined ? {} : { channel }) });
    },
  };
}
