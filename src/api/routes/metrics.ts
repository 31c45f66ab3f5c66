import { ROLES } from '../../engine/model/person.js';
import { NO_INPUT, type Route, route } from '../route.js';

/** Metrics in Prometheus' text format, fresh at each call. */
export type Scrape = () => Promise<{ type: string; text: string }>;

export function metricsRoute(scrape: Scrape): Route {
  return route({
    ...NO_INPUT,
    method: 'get',
    path: '/metrics',
    operation: 'metrics',
    summary: 'Metrics for Prometheus; without a token on the metrics port',
    access: ROLES,
    answers: { 200: { description: 'Prometheus text format' } },
    errors: [],
    handle: async () => ({ status: 200, ...(await scrape()) }),
  });
}
