import { z } from 'zod';
import { type HealthReport, healthJson, toHealthJson } from '../json/health.js';
import { NO_INPUT, type Route, route } from '../route.js';

export interface HealthParts {
  health(): Promise<HealthReport>;
  version: string;
  constitutionalHash: string;
}

export function healthRoutes(parts: HealthParts): Route[] {
  return [
    route({
      ...NO_INPUT,
      method: 'get',
      path: '/health',
      operation: 'health',
      summary: 'State of the process and of the parts that it needs',
      access: 'public',
      answers: {
        200: { description: 'Able to work, perhaps degraded', schema: healthJson },
        503: { description: 'Unable to work', schema: healthJson },
      },
      errors: [],
      handle: async () => {
        const body = toHealthJson(await parts.health(), parts);
        return { status: body.status === 'unhealthy' ? 503 : 200, body };
      },
    }),
    route({
      ...NO_INPUT,
      method: 'get',
      path: '/healthz',
      operation: 'healthz',
      summary: 'The process answers; asks no other part',
      access: 'public',
      answers: { 200: { description: 'Alive', schema: z.strictObject({ status: z.literal('ok') }) } },
      errors: [],
      handle: async () => ({ status: 200, body: { status: 'ok' } }),
    }),
  ];
}
