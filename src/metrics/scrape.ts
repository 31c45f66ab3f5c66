import type { Status } from '../engine/engine.js';
import type { Metrics } from './metrics.js';
import type { ProcessFacts } from './status-gauges.js';

/** Prometheus waits for 10 s by default: a store that hangs must not take the other metrics with it. */
const WITHIN_MS = 2_000;

/**
 * Makes the text for Prometheus from the state of now. When that cannot be had, the counters are still given, gauges
 * keep their last values, and `bot_db_pool_healthy` is 0.
 */
export function createScrape(metrics: Metrics, status: () => Promise<Status>, facts?: () => Promise<ProcessFacts>) {
  return async (): Promise<{ type: string; text: string }> => {
    try {
      const [now, more] = await inTime(Promise.all([status(), facts?.()]));
      metrics.gauges(now, more);
    } catch {
      metrics.storeDown();
    }
    return { type: metrics.registry.contentType, text: await metrics.registry.metrics() };
  };
}

async function inTime<T>(looking: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${WITHIN_MS} ms`)), WITHIN_MS);
  });
  try {
    return await Promise.race([looking, late]);
  } finally {
    clearTimeout(timer);
  }
}
