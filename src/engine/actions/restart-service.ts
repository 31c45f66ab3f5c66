import { z } from 'zod';
import type { StepResult } from '../model/plan.js';
import type { RuntimeStatus } from '../runtimes/runtime.js';
import { asItsRuntime } from './as-its-runtime.js';
import { instanceBefore, NOBODY_LOOKED, proven, statusFacts, summaryBefore } from './before.js';
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
    if (runtime.restart) return resultOf(await runtime.restart(ctx.signal, ctx.mark));
    let now = await runtime.status(ctx.signal);
    const renewed = now.instance !== null && was !== undefined && now.instance !== was;
    if (now.instance !== null && !renewed) now = await runtime.stop(ctx.signal);
    if (now.instance === null) now = await runtime.start(ctx.signal);
    return resultOf(now);
  },

  async probe({ service }, before, ctx) {
    const proof = await proven('restart', service, ctx);
    if (proof) return proof;
    const was = instanceBefore(before);
    const now = await ctx.runtime(service).status(ctx.signal);
    if (was === undefined) return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}; now: ${now.summary}` };
    if (now.instance === null) return { outcome: 'not_done', evidence: 'nothing of it runs' };
    if (now.instance === was) return { outcome: 'not_done', evidence: `${now.summary} still runs, the same as before` };
    const gone = was === null ? 'nothing ran before' : `${summaryBefore(before)} is gone`;
    return {
      outcome: 'done',
      evidence: `${gone}, ${now.summary} runs`,
      result: resultOf(now),
    };
  },

  async preview({ service }, ctx) {
    const runtime = ctx.runtime(service);
    const now = await runtime.status(ctx.signal);
    if (now.instance === null) return `${service} does not run: would start it`;
    const seen = await inUse(service, ctx);
    return runtime.restart
      ? `would restart ${now.summary}${seen}`
      : `would stop ${now.summary} and start ${service}${seen}`;
  },
});

function resultOf({ summary, instance }: RuntimeStatus): StepResult {
  return { summary, instance };
}
