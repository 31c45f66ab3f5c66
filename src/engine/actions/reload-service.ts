import { z } from 'zod';
import { ActionError } from './action.js';
import { statusFacts } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';

export const reloadService = defineAction({
  name: 'reload_service',
  description: 'Lets a service read its configuration and certificates anew while it runs (SIGHUP, systemctl reload).',
  version: 1,
  input: z.strictObject({ service: serviceName }),
  shorthand: 'service',
  risk: 0.2,
  // Read twice, it says the same.
  idempotent: true,
  spawns: true,
  timeoutMs: 60_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Reload ${service}`,
  look: async ({ service }, ctx) => statusFacts(await ctx.runtime(service).status(ctx.signal)),

  async run({ service }, ctx) {
    const runtime = ctx.runtime(service);
    const before = await runtime.status(ctx.signal);
    if (!runtime.reload)
      throw new ActionError(
        `${service} cannot be reloaded: the runtime ${runtime.name} has no way to. Nothing was changed; restart it instead.`,
        { code: 'no_reload', retryable: false },
      );
    if (before.instance === null)
      throw new ActionError(`${service} does not run (${before.summary}), so nothing was reloaded. Start it.`, {
        code: 'not_running',
        retryable: false,
      });
    const now = await runtime.reload(ctx.signal);
    if (now.instance !== before.instance)
      throw new ActionError(
        `${service} was told to reload and ended by it: ${before.summary} before, ${now.summary} now. Start it, and restart it next time.`,
        { code: 'ended_by_reload', retryable: false },
      );
    return { summary: `${now.summary} was told`, instance: now.instance };
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'it can be told again' }),

  async preview({ service }, ctx) {
    const runtime = ctx.runtime(service);
    const now = await runtime.status(ctx.signal);
    return runtime.reload
      ? `would tell ${service} (${now.summary}) to reload`
      : `would be refused: the runtime ${runtime.name} has no way to reload ${service}`;
  },
});
