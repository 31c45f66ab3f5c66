import { z } from 'zod';
import { breakerFacts } from './breaker-open.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';

export const breakerReset = defineAction({
  name: 'breaker_reset',
  description: "Closes a service's circuit breaker with a fresh count, so that its callers get through.",
  version: 1,
  input: z.strictObject({ service: serviceName }),
  shorthand: 'service',
  risk: 0.1,
  idempotent: true,
  timeoutMs: 30_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Close the circuit breaker of ${service}`,
  look: async ({ service }, ctx) => breakerFacts((await ctx.breakers.look(service)).breaker, ctx.now()),

  async run({ service }, ctx, { state }) {
    await ctx.breakers.reset(service, ctx.runKey);
    return { summary: state === 'closed' ? 'it was closed already; the count begins anew' : 'closed', state: 'closed' };
  },

  async probe({ service }, { state }, ctx) {
    const { view } = await ctx.breakers.look(service);
    const evidence = `it is ${view.state}${typeof state === 'string' ? `, before it was ${state}` : ''}`;
    if (view.state !== 'closed') return { outcome: 'not_done', evidence };
    return { outcome: 'done', evidence, result: { summary: 'closed', state: 'closed' } };
  },

  /** Open again for the time that was left, or until a reset where there was no limit. */
  inverse({ service }, { state, left_ms: leftMs, reason }) {
    if (state !== 'open' && state !== 'half_open') return undefined;
    const limit = state === 'half_open' ? 1_000 : leftMs;
    return {
      action: 'breaker_open',
      input: {
        service,
        ...(typeof limit === 'number' ? { for: `${Math.max(1_000, Math.round(limit))}ms` } : {}),
        ...(typeof reason === 'string' && reason ? { reason } : {}),
      },
    };
  },
  imagine: () => ({ state: 'open' }),

  async preview({ service }, ctx) {
    const { view } = await ctx.breakers.look(service);
    return view.state === 'closed'
      ? `the breaker of ${service} is closed already; its count would begin anew`
      : `callers of ${service} would get through again; its breaker is ${view.state} (${view.reason})`;
  },
});
