import { z } from 'zod';
import { freeBytes, roomFor } from '../snapshots/room.js';
import type { ActionContext } from './action.js';
import { defineAction } from './define-action.js';
import { sizeInWords } from './docker/size.js';
import { serviceName } from './fields.js';
import { capture, measureAll, noSnapshots, partsOf, sum } from './snapshots/capture.js';
import type { Subject } from './snapshots/part.js';
import { folderOfConfiguration } from './terraform/folder.js';

const input = z.strictObject({
  service: serviceName,
  /** The state of this configuration belongs to it. */
  terraform: folderOfConfiguration.optional(),
});

export const takeSnapshot = defineAction({
  name: 'take_snapshot',
  description: 'Keeps the state of a service, encrypted, so that it can be brought back.',
  version: 2,
  input,
  shorthand: 'service',
  risk: 0.05,
  idempotent: true,
  spawns: true,
  timeoutMs: 5 * 60_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Take a snapshot of ${service}`,

  async run(given, ctx) {
    const { service } = given;
    const subject = subjectOf(given, ctx);
    if (partsOf(subject).length === 0) throw noSnapshots(subject);
    const taken = await ctx.snapshots.take(
      { service, runtime: subject.runtime.name, by: ctx.runKey, createdAt: ctx.now() },
      (folder) => capture(subject, folder, ctx),
      ctx.signal,
    );
    await ctx.snapshots.prune(service, ctx.now());
    return { summary: `${taken.id}: ${taken.contents.join('; ')}`, snapshot: taken.id, bytes: taken.bytes };
  },

  probe: async (_, __, ctx) => ({ outcome: 'not_done', evidence: `what ${ctx.runKey} took is taken once` }),

  async preview(given, ctx) {
    const subject = subjectOf(given, ctx);
    if (partsOf(subject).length === 0) return noSnapshots(subject).message;
    const measured = await measureAll(subject, ctx);
    const words = measured.map((one) => one.words).join('; ');
    const [needed, free] = [roomFor(sum(measured)), await freeBytes(ctx.dataDir)];
    const there = (await ctx.snapshots.list(given.service)).length;
    const room = `needs at most ${sizeInWords(needed)} for a moment, ${sizeInWords(free)} is free`;
    return `would keep ${words}; ${room}; ${there} of ${given.service} are kept already`;
  },
});

export function subjectOf(
  { service, terraform }: z.output<typeof input>,
  ctx: Pick<ActionContext, 'service' | 'runtime'>,
): Subject {
  return { service: ctx.service(service), runtime: ctx.runtime(service), terraform };
}
