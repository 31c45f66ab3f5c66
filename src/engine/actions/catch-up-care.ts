import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { JobState } from '../housekeeping/job.js';
import { missed } from '../housekeeping/missed.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import type { JsonObject } from '../model/json.js';
import { type ActionContext, ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS } from './fields.js';

const DEFAULT_WITHIN = '30m';
const LOOK_EVERY_MS = 500;
/** A scheduler looks every five seconds whether something is due. */
const NOBODY_AFTER_MS = 60_000;

/** When each job had ended last, as the before-state has it. */
const seen = z.object({ ended: z.record(z.string(), z.string().nullable()) });

export const catchUpCare = defineAction({
  name: 'catch_up_care',
  description: "Runs what is overdue of Reviver's own routine care, such as a backup, and waits until it is done.",
  version: 1,
  input: z.strictObject({ within: duration(HOUR_MS, '1h').optional() }),
  risk: 0.05,
  // Each job bears being repeated.
  idempotent: true,
  timeoutMs: HOUR_MS,
  services: () => [],
  title: () => "Catch up on Reviver's routine care",

  look: async (_input, { care, now }) => ({ ended: endsOf(missed(await care.list(), now())) }),

  async run({ within = DEFAULT_WITHIN }, ctx, before) {
    const ended = seen.safeParse(before);
    const was = ended.success ? ended.data.ended : endsOf(missed(await ctx.care.list(), ctx.now()));
    const names = Object.keys(was);
    await ctx.care.hasten(names);
    const done = await untilDone(was, parseDuration(within), ctx);
    const failed = done.filter(({ last }) => last?.outcome === 'failed');
    if (failed.length > 0)
      throw new ActionError(
        `${inWords(failed)}. What was kept before is untouched; mend what it names, then press Recover again.`,
        { code: 'care_failed', retryable: false },
      );
    return { summary: inWords(done) };
  },

  async probe(_input, before, { care }) {
    const ended = seen.safeParse(before);
    if (!ended.success) return { outcome: 'not_done', evidence: 'nobody looked what was overdue' };
    const open = (await care.list()).filter((job) => job.name in ended.data.ended && !isDone(job, ended.data.ended));
    return open.length === 0
      ? { outcome: 'done', evidence: 'all that was overdue has run since' }
      : { outcome: 'not_done', evidence: `${open.map(({ name }) => name).join(', ')} has not run since` };
  },

  preview: async (_input, { care, now }) =>
    `would run ${missed(await care.list(), now())
      .map(({ name }) => name)
      .join(', ')}`,
});

function endsOf(jobs: readonly JobState[]): Record<string, string | null> {
  return Object.fromEntries(jobs.map(({ name, last }) => [name, last?.at.toISOString() ?? null]));
}

function isDone({ name, running, last }: JobState, was: JsonObject): boolean {
  return running === null && last !== null && last.outcome !== 'interrupted' && last.at.toISOString() !== was[name];
}

async function untilDone(
  was: Record<string, string | null>,
  forMs: number,
  { care, signal }: ActionContext,
): Promise<JobState[]> {
  const beganAt = performance.now();
  for (;;) {
    const jobs = (await care.list()).filter(({ name }) => name in was);
    signal.throwIfAborted();
    const open = jobs.filter((job) => !isDone(job, was));
    if (open.length === 0) return jobs;
    if (open.every(({ running }) => running === null) && performance.now() - beganAt > NOBODY_AFTER_MS)
      throw new ActionError(
        `Nobody has begun ${open.map(({ name }) => name).join(', ')} within a minute: is a scheduler running (reviver start --role scheduler)? It stays due.`,
        { code: 'no_scheduler' },
      );
    if (performance.now() - beganAt > forMs)
      throw new ActionError(
        `${open.map(({ name }) => name).join(', ')} has not ended within ${formatDuration(forMs)}. It goes on by itself: /recover backup shows the new one when it is there.`,
        { code: 'care_not_done', retryable: false },
      );
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function inWords(jobs: readonly JobState[]): string {
  return jobs.map(({ name, last }) => `${name}: ${last?.detail.replace(/\.$/, '') ?? 'done'}`).join('; ');
}
