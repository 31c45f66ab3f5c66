import { z } from 'zod';
import { asItsRuntime } from './as-its-runtime.js';
import { instanceBefore, NOBODY_LOOKED, proven, statusFacts, summaryBefore } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';
import { inUse } from './in-use.js';

export const stopService = defineAction({
  name: 'stop_service',
  description: 'Stops a service; done when nothing of it runs any more.',
  version: 1,
  input: z.strictObject({ service: serviceName }),
  shorthand: 'service',
  risk: 0.2,
  idempotent: false,
  spawns: asItsRuntime,
  timeoutMs: 60_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Stop ${service}`,
  look: async ({ service }, ctx) => statusFacts(await ctx.runtime(service).status(ctx.signal)),

  async run({ service }, ctx, before) {
    const was = summaryBefore(before);
    await ctx.runtime(service).stop(ctx.signal);
    return { summary: instanceBefore(before) === null ? 'did not run' : `${was} ended` };
  },

  async probe({ service }, before, ctx) {
    const proof = await proven('stop', service, ctx);
    if (proof) return proof;
    const was = instanceBefore(before);
    const now = await ctx.runtime(service).status(ctx.signal);
    if (was === undefined) return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}; now: ${now.summary}` };
    if (was === null && now.instance !== null)
      return { outcome: 'not_done', evidence: `nothing ran before, ${now.summary} runs now` };
    if (was !== null && now.instance === was) return { outcome: 'not_done', evidence: `${now.summary} still runs` };
    const evidence =
      now.instance === null ? 'nothing of it runs' : `${summaryBefore(before)} is gone, ${now.summary} runs`;
    return {
      outcome: 'done',
      evidence,
      result: { summary: was === null ? 'did not run' : `${summaryBefore(before)} ended` },
    };
  },

  inverse: ({ service }, before) =>
    instanceBefore(before) ? { action: 'start_service', input: { service } } : undefined,
  imagine: () => ({ instance: 'imagined' }),

  async preview({ service }, ctx) {
    const now = await ctx.runtime(service).status(ctx.signal);
    if (now.instance === null) return `${service} does not run: nothing to stop`;
    return `would stop ${now.summary}${await inUse(service, ctx)}`;
  },
});
