import { z } from 'zod';
import type { Engine } from '../../engine/engine.js';
import { NO_INPUT, type Route, route } from '../route.js';

export const warmUpJson = z.strictObject({
  warmed: z.array(z.strictObject({ what: z.enum(['roles', 'status', 'rankings']), count: z.int(), took_ms: z.int() })),
  took_ms: z.int(),
});

export function warmUpRoute(engine: Engine): Route {
  return route({
    ...NO_INPUT,
    method: 'post',
    path: '/admin/cache/warmup',
    operation: 'warmUp',
    summary: 'Read roles, the status and the rankings of plans once, so that the next command need not wait for them',
    access: ['admin'],
    answers: { 200: { description: 'What was read, and how long it took', schema: warmUpJson } },
    errors: ['unavailable'],
    handle: async ({ who }) => {
      const done = await engine.warmUp(who);
      const warmed = done.map(({ what, count, tookMs }) => ({ what, count, took_ms: tookMs }));
      return { status: 200, body: { warmed, took_ms: warmed.reduce((sum, one) => sum + one.took_ms, 0) } };
    },
  });
}
