import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { NO_INPUT, type Route, route } from '../route.js';

export const warmUpJson = z.strictObject({
  redis: z.enum(['ok', 'down']),
  woken: z.int().describe('Recoveries whose wake-up was sent again'),
});

/** Of the source document on operations: what is done after a Redis that came back empty, where anything must be. */
export function warmUpRoute(engine: Engine): Route {
  return route({
    ...NO_INPUT,
    method: 'post',
    path: '/admin/cache/warmup',
    operation: 'warmUp',
    summary: 'After Redis came back empty: send the wake-ups of all that is under way again. Nothing waits for it',
    access: ['responder', 'admin'],
    answers: { 200: { description: 'What was done', schema: warmUpJson } },
    errors: ['unavailable'],
    handle: async ({ who }) => ({ status: 200, body: await engine.warmUp(who) }),
  });
}
