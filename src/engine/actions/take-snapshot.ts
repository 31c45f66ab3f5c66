import { z } from 'zod';
import { ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';

export const takeSnapshot = defineAction({
  name: 'take_snapshot',
  description: 'Keeps the state of a service, encrypted, so that it can be brought back.',
  version: 1,
  input: z.strictObject({ service: serviceName }),
  shorthand: 'service',
  risk: 0.05,
  idempotent: true,
  timeoutMs: 5 * 60_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Take a snapshot of ${service}`,

  async run({ service }, ctx) {
    const runtime = ctx.runtime(service);
    const { snapshot } = runtime;
    if (!snapshot) throw noSnapshots(service, runtime.name);
    const taken = await ctx.snapshots.take(
      { service, runtime: runtime.name, by: ctx.runKey, createdAt: ctx.now() },
      (folder) => snapshot.capture(folder, ctx.signal),
      ctx.signal,
    );
    await ctx.snapshots.prune(service, ctx.now());
    return { summary: `${taken.id}: ${taken.contents.join('; ')}`, snapshot: taken.id, bytes: taken.bytes };
  },

  async preview({ service }, ctx) {
    const runtime = ctx.runtime(service);
    if (!runtime.snapshot) return noSnapshots(service, runtime.name).message;
    const now = await runtime.status(ctx.signal);
    const there = (await ctx.snapshots.list(service)).length;
    return `would keep the state of ${now.summary}; ${there} of ${service} are kept already`;
  },
});

export function noSnapshots(service: string, runtime: string): ActionError {
  return new ActionError(
    `No snapshot of ${service} can be taken or restored: the runtime ${runtime} keeps none of it (a process needs a data_dir). Nothing was changed.`,
    { code: 'not_possible', retryable: false },
  );
}
