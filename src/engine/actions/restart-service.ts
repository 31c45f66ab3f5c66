import { z } from 'zod';
import { asItsRuntime } from './as-its-runtime.js';
import { instanceBefore, NOBODY_LOOKED, statusFacts, summaryBefore } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';
import { inUse } from './in-use.js';

export const restartService = defineAction({
  name: 'restart_service',
  description: 'Stops a service and starts it again; starts it when it does not run.',
  version: 1,
  input: z.strictObject({ service: serviceName }),
  shorthand: 'service',
  risk: 0.2,
  idempotent: false,
  spawns: asItsRuntime,
  timeoutMs: 90_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Restart ${service}`,
  look: async ({ service }, ctx) => statusFacts(await ctx.runtime(service).status(ctx.signal)),

  /** Goes on from where an earlier attempt stopped: an instance that is not the one from before is the new one. */
  async run({ service }, ctx, before) {
    const was = instanceBefore(before);
    const runtime = ctx.runtime(service);
    let now = await runtime.status(ctx.signal);
    const renewed = now.instance !== null && was !== undefined && now.instance !== was;
    if (now.instance !== null && !renewed) now = await runtime.stop(ctx.signal);
    if (now.instance === null) now = await runtime.start(ctx.signal);
    return { summary: now.summary, instance: now.instance };
  },

  async probe({ service }, before, ctx) {
    const was = instanceBefore(before);
    const now = await ctx.runtime(service).status(ctx.signal);
    if (was === undefined) return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}; now: ${now.summary}` };
    if (now.instance === null) return { outcome: 'not_done', evidence: 'nothing of it runs' };
    if (now.instance === was) return { outcome: 'not_done', evidence: `${now.summary} still runs, the same as before` };
    const gone = was === null ? 'nothing ran before' : `${summaryBefore(before)} is gone`;
    return {
      outcome: 'done',
      evidence: `${gone}, ${now.summary} runs`,
      result: { summary: now.summary, instance: now.instance },
    };
  },

  async preview({ service }, ctx) {
    const now = await ctx.runtime(service).status(ctx.signal);
    if (now.instance === null) return `${service} does not run: would start it`;
    return `would stop ${now.summary} and start ${service}${await inUse(service, ctx)}`;
  },
});
