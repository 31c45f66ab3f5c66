import { type ChatPlatform, RateLimited, ViewLost } from '../bot/port.js';

export interface SendTiming {
  sent(tookMs: number): void;
  failed(why: 'rate_limited' | 'view_lost' | 'other'): void;
}

/** The same platform, and somebody hears how long its posts and edits take. */
export function timedPlatform(platform: ChatPlatform, timing: SendTiming): ChatPlatform {
  async function timed<T>(send: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      const result = await send();
      timing.sent(performance.now() - started);
      return result;
    } catch (error) {
      timing.failed(why(error));
      throw error;
    }
  }
  return {
    ...platform,
    post: (...given) => timed(() => platform.post(...given)),
    edit: (...given) => timed(() => platform.edit(...given)),
  };
}

function why(error: unknown): Parameters<SendTiming['failed']>[0] {
  if (error instanceof RateLimited) return 'rate_limited';
  return error instanceof ViewLost ? 'view_lost' : 'other';
}
