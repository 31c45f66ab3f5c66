import type { Status } from '../engine/engine.js';
import type { Metrics } from './metrics.js';
import type { ProcessFacts } from './status-gauges.js';

/**
 * Makes the text for Prometheus from the state of now. When that cannot be had, the counters are still given, gauges
 * keep their last values, and `bot_db_pool_healthy` is 0.
 */
export function createScrape(metrics: Metrics, status: () => Promise<Status>, facts?: () => Promise<ProcessFacts>) {
  return async (): Promise<{ type: string; text: string }> => {
    try {
      const [now, more] = await Promise.all([status(), facts?.()]);
      metrics.gauges(now, more);
    } catch {
      metrics.storeDown();
    }
    return { type: metrics.registry.contentType, text: await metrics.registry.metrics() };
  };
}
