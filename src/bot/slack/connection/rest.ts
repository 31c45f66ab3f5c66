import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after `ms`, or as soon as the signal aborts. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch(() => {});
}

/** Gives what comes first: the work's outcome, or undefined after `ms`. The work goes on. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([work, rest(ms, over.signal).then(() => undefined)]);
  } finally {
    over.abort();
  }
}
