import { z } from 'zod';
import { ActionError } from './action.js';
import { asItsRuntime } from './as-its-runtime.js';
import { instanceBefore, NOBODY_LOOKED, proven, statusFacts, summaryBefore } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';
import { inUse } from './in-use.js';

export const recreateService = defineAction({
  name: 'recreate_service',
  description: 'Makes a service anew from its own definition, with its volumes; the old one is back when that fails.',
  version: 1,
  input: z.strictObject({ service: serviceName }),
  shorthand: 'service',
  risk: 0.3,
  idempotent: false,
  spawns: asItsRuntime,
  timeoutMs: 120_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Recreate ${service}`,
  look: async ({ service }, ctx) => statusFacts(await ctx.runtime(service).status(ctx.signal)),

  async run({ service }, ctx) {
    const runtime = ctx.runtime(service);
    if (!runtime.recreate) throw cannot(service, runtime.name);
    const now = await runtime.recreate(ctx.signal, ctx.mark);
    return { summary: now.summary, instance: now.instance };
  },

  async probe({ service }, before, ctx) {
    const proof = await proven('recreate', service, ctx);
    if (proof) return proof;
    const was = instanceBefore(before);
    const now = await ctx.runtime(service).status(ctx.signal);
    if (was === undefined) return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}; now: ${now.summary}` };
    if (now.instance === null) return { outcome: 'not_done', evidence: `${now.summary}: nothing new of it runs` };
    if (now.summary === summaryBefore(before))
      return { outcome: 'not_done', evidence: `${now.summary} is the one from before` };
    if (now.facts.aside !== undefined)
      return { outcome: 'not_done', evidence: `${now.summary} runs, and the one before is still to be removed` };
    return {
      outcome: 'done',
      evidence: `${summaryBefore(before)} is gone, ${now.summary} runs`,
      result: { summary: now.summary, instance: now.instance },
    };
  },

  async preview({ service }, ctx) {
    const runtime = ctx.runtime(service);
    if (!runtime.recreate) return `${service} cannot be made anew: the runtime ${runtime.name} can only stop and start`;
    const { summary } = await runtime.status(ctx.signal);
    return `would replace ${summary} by a new one with the same configuration and volumes${await inUse(service, ctx)}`;
  },
});

function cannot(service: string, runtime: string): ActionError {
  return new ActionError(
    `${service} cannot be made anew: the runtime ${runtime} can only stop and start. Nothing was changed; use restart_service.`,
    { code: 'not_possible', retryable: false },
  );
}
