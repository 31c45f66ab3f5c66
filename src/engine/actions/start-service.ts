import { z } from 'zod';
import { asItsRuntime } from './as-its-runtime.js';
import { instanceBefore, NOBODY_LOOKED, proven, statusFacts } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';

export const startService = defineAction({
  name: 'start_service',
  description: 'Starts a service; done when it runs, which is not yet that it is healthy.',
  version: 1,
  input: z.strictObject({ service: serviceName }),
  shorthand: 'service',
  risk: 0.1,
  idempotent: false,
  spawns: asItsRuntime,
  timeoutMs: 60_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Start ${service}`,
  look: async ({ service }, ctx) => statusFacts(await ctx.runtime(service).status(ctx.signal)),

  async run({ service }, ctx, before) {
    const now = await ctx.runtime(service).start(ctx.signal);
    return { summary: summary(instanceBefore(before), now.instance, now.summary), instance: now.instance };
  },

  async probe({ service }, before, ctx) {
    const proof = await proven('start', service, ctx);
    if (proof) return proof;
    const was = instanceBefore(before);
    const now = await ctx.runtime(service).status(ctx.signal);
    if (was === undefined) return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}; now: ${now.summary}` };
    if (now.instance === null) return { outcome: 'not_done', evidence: 'nothing of it runs' };
    const result = { summary: summary(was, now.instance, now.summary), instance: now.instance };
    return { outcome: 'done', evidence: `${now.summary} runs`, result };
  },

  inverse: ({ service }, before) =>
    instanceBefore(before) === null ? { action: 'stop_service', input: { service } } : undefined,
  imagine: () => ({ instance: null }),

  async preview({ service }, ctx) {
    const now = await ctx.runtime(service).status(ctx.signal);
    return now.instance === null ? `would start ${service}` : `${service} runs already (${now.summary})`;
  },
});

function summary(was: string | null | undefined, now: string | null, words: string): string {
  return was && was === now ? 'already running' : words;
}
