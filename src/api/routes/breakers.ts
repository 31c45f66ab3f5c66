import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { breakerJson, toBreakerJson } from '../json/breaker.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { nameOf } from './fields.js';

export const resetJson = breakerJson.extend({ service: z.string() });

export function resetBreakerRoute(engine: Engine): Route {
  return route({
    ...NO_INPUT,
    method: 'post',
    path: '/circuit-breaker/{service}/reset',
    operation: 'resetCircuitBreaker',
    summary: 'Close the circuit breaker of a service, with a fresh count',
    access: ['responder', 'bootstrap'],
    params: z.strictObject({ service: nameOf('a service') }),
    answers: { 200: { description: 'The breaker after it', schema: resetJson } },
    errors: ['not_found', 'unavailable'],
    handle: async ({ params: { service }, who }) => {
      const view = await engine.resetBreaker(service, who);
      const body: z.infer<typeof resetJson> = { service: view.service, ...toBreakerJson(view) };
      return { status: 200, body };
    },
  });
}
