import { z } from 'zod';
import { ActionError, type Kept } from './action.js';
import { instanceBefore, NOBODY_LOOKED, statusFacts, summaryBefore } from './before.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';
import { noSnapshots } from './take-snapshot.js';

const input = z.strictObject({
  service: serviceName,
  /** Its id; absent: the newest whole one when the plan is made. */
  snapshot: z.string().optional(),
  /** Instead of an id: what took it. An undo names its own so. */
  taken_by: z.string().optional(),
});

export const restoreSnapshot = defineAction({
  name: 'restore_snapshot',
  description: 'Brings a service back as a snapshot kept it; what is there now is kept first.',
  version: 1,
  input,
  shorthand: 'service',
  risk: 0.4,
  idempotent: false,
  timeoutMs: 5 * 60_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Restore ${service} from a snapshot`,

  async pin(given, kept) {
    if (given.taken_by !== undefined) return { input: given, detail: '' };
    const found = await wanted(given, kept);
    return { input: { ...given, snapshot: found.id }, detail: `of ${found.createdAt.toISOString().slice(0, 16)}Z` };
  },

  look: async ({ service }, ctx) => ({
    ...statusFacts(await ctx.runtime(service).status(ctx.signal)),
    kept_by: `${ctx.runKey} before`,
  }),

  async run(given, ctx) {
    const { service } = given;
    const runtime = ctx.runtime(service);
    const { snapshot } = runtime;
    if (!snapshot) throw noSnapshots(service, runtime.name);
    const { id } = await wanted(given, ctx);
    const now = await ctx.snapshots.open(
      service,
      id,
      async (folder, opened) => {
        if ((await runtime.status(ctx.signal)).status !== 'missing')
          await ctx.snapshots.take(
            { service, runtime: runtime.name, by: `${ctx.runKey} before`, createdAt: ctx.now() },
            (room) => snapshot.capture(room, ctx.signal),
            ctx.signal,
          );
        ctx.log(`restoring ${opened.contents.join('; ')}`);
        return snapshot.restore(folder, ctx.signal, ctx.runKey);
      },
      ctx.signal,
    );
    return { summary: `${now.summary}, as in ${id}`, instance: now.instance, snapshot: id };
  },

  async probe({ service }, before, ctx) {
    const now = await ctx.runtime(service).status(ctx.signal);
    if (instanceBefore(before) === undefined)
      return { outcome: 'unknown', evidence: `${NOBODY_LOOKED}; now: ${now.summary}` };
    if (now.instance === null) return { outcome: 'not_done', evidence: `${now.summary}: nothing restored runs` };
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

  inverse({ service }, { status, kept_by }) {
    if (status === 'missing' || typeof kept_by !== 'string') return undefined;
    return { action: 'restore_snapshot', input: { service, taken_by: kept_by } };
  },
  imagine: () => ({ kept_by: 'imagined' }),

  async preview(given, ctx) {
    const found = await wanted(given, ctx);
    const now = await ctx.runtime(given.service).status(ctx.signal);
    return `would replace ${now.summary} by what was kept on ${found.createdAt.toISOString().slice(0, 16)}Z: ${found.contents.join('; ')}`;
  },
});

/** The snapshot that is meant. Throws an `ActionError` when there is none, or it is damaged. */
async function wanted({ service, snapshot, taken_by }: z.output<typeof input>, { snapshots }: Pick<Kept, 'snapshots'>) {
  const known = await snapshots.list(service);
  const named = snapshot === undefined && taken_by === undefined;
  const found = named
    ? known.find(({ damaged }) => damaged === undefined)
    : known.find(({ id, by }) => id === snapshot || by === taken_by);
  if (found && found.damaged === undefined) return found;
  const what = found
    ? `Snapshot ${found.id} of ${service} is damaged: ${found.damaged}`
    : `There is no ${named ? 'whole ' : 'such '}snapshot of ${service}`;
  throw new ActionError(`${what}. Nothing was changed.`, { code: 'no_snapshot', retryable: false });
}
