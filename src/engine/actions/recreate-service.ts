import { z } from 'zod';
import { ActionError } from './action.js';
import { asItsRuntime } from './as-its-runtime.js';
import { statusFacts } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';
import { inUse } from './in-use.js';
import { probeReplaced } from './replaced.js';

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

  probe: ({ service }, before, ctx) => probeReplaced('recreate', 'nothing new of it', service, before, ctx),

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
