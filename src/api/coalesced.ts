import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Shares one look among all who ask while another is under way. Nobody gets a look that began before they asked, so
 * that what somebody has just changed is always in it.
 * @param leastGapMs from the begin of one to that of the next: what looks cost is bounded, however many ask, and all who
 *   come back at once with the answer to one share the next. Who asks after a pause does not wait for it.
 */
export function coalesced<T>(look: () => Promise<T>, leastGapMs = 0): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  let began = Number.NEGATIVE_INFINITY;
  const begin = (): Promise<T> => {
    next = undefined;
    began = performance.now();
    // It is over before those who wait for it go on: who asks anew then asks alone.
    const looking = look().finally(() => {
      if (running === looking) running = undefined;
    });
    running = looking;
    return looking;
  };
  const gap = async (): Promise<void> => {
    const restMs = began + leastGapMs - performance.now();
    if (restMs > 0) await sleep(restMs);
  };
  return () => {
    if (next) return next;
    if (!running && performance.now() - began >= leastGapMs) return begin();
    next = (running ?? Promise.resolve()).then(gap, gap).then(begin);
    return next;
  };
}
