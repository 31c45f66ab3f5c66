import { z } from 'zod';
import { checkService } from '../health/check-service.js';
import { parseDuration } from '../model/duration.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, serviceName } from './fields.js';
import { pollHealth } from './poll-health.js';

const DEFAULT_WITHIN = '30s';

export const checkHealth = defineAction({
  name: 'check_health',
  description: "Waits until all of a service's health checks pass.",
  version: 1,
  input: z.strictObject({
    service: serviceName,
    within: duration(HOUR_MS, '1h').optional(),
    /** So long all checks pass without a break: what starts, answers and dies is not well. */
    steady: duration(HOUR_MS, '1h').optional(),
  }),
  shorthand: 'service',
  risk: 0,
  idempotent: true,
  // The input's own time, 30 s by default, is the one that people see.
  timeoutMs: HOUR_MS,
  services: ({ service }) => [service],
  title: ({ service }) => `Check that ${service} is healthy`,

  async run({ service: name, within = DEFAULT_WITHIN, steady }, ctx) {
    const service = ctx.service(name);
    if (service.health.length === 0) return { summary: 'no health check: unverified', unverified: true };
    const ask = async () => {
      const answer = await checkService(service, ctx.signal, {
        run: (command, signal) => ctx.exec(command, { signal }),
        look: (name, signal) => ctx.runtime(name).status(signal),
      });
      return answer ?? { healthy: true, detail: 'no health check', durationMs: 0 };
    };
    const { detail, facts, waitedMs } = await pollHealth(
      name,
      ask,
      {
        forMs: parseDuration(within),
        pauseMs: 1_000,
        firstPauseMs: 100,
        steadyMs: steady === undefined ? 0 : parseDuration(steady),
      },
      ctx.signal,
    );
    return { ...facts, summary: detail, waited_ms: waitedMs };
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'a check changes nothing and can be made again' }),

  async preview({ service: name }, ctx) {
    const answer = await checkService(ctx.service(name), ctx.signal, {
      look: (service, signal) => ctx.runtime(service).status(signal),
    });
    if (!answer) return `${name} has no health check: would stay unverified`;
    return `would check ${name}; now: ${answer.detail}`;
  },
});
