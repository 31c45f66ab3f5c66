import { z } from 'zod';
import { count } from '../health/words.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import type { StepResult } from '../model/plan.js';
import type { ActionContext } from './action.js';
import { NOBODY_LOOKED } from './before.js';
import { defineAction } from './define-action.js';
import { oldCache, pruneCache } from './docker/build-cache.js';
import { shortId } from './docker/container-of.js';
import { KINDS, removed, rubbishOf } from './docker/leftovers.js';
import { sumOf, type Thing } from './docker/rubbish.js';
import { sizeInWords } from './docker/size.js';
import { duration, text } from './fields.js';

const WHAT = ['images', 'containers', 'build_cache'] as const;
const KEEP = 'a list of tags, image names, ids of at least 6 digits, or names of containers';
const YEAR_MS = 365 * 86_400_000;

const input = z
  .strictObject({
    what: z.enum(WHAT, { error: `one of ${WHAT.join(', ')}; volumes are never removed` }),
    older_than: duration(YEAR_MS, '365d').default('24h'),
    keep: z.array(text(KEEP), { error: KEEP }).default([]),
  })
  .refine(({ what, keep }) => what !== 'build_cache' || keep.length === 0, {
    path: ['keep'],
    error: 'nothing where what is build_cache: its parts have no names',
  });

type Input = z.output<typeof input>;

export const dockerPrune = defineAction({
  name: 'docker_prune',
  description: 'Frees disk: removes old images, ended containers or build cache that nothing uses; never a volume.',
  version: 1,
  input,
  shorthand: 'what',
  risk: 0.3,
  // What is gone is not removed twice.
  idempotent: true,
  timeoutMs: 10 * 60_000,
  services: () => [],
  title: ({ what, older_than: age }) =>
    `Remove unused ${what.replace('_', ' ')} older than ${formatDuration(parseDuration(age))}`,

  look: async (given, ctx) => ({ ids: (await candidates(given, ctx)).map(({ id }) => id) }),

  async run(given, ctx) {
    if (given.what === 'build_cache') {
      const { records, bytes } = await pruneCache(ctx, parseDuration(given.older_than));
      return {
        summary: `${count(records, 'record')} removed, ${sizeInWords(bytes)} freed`,
        removed: records,
        freed_bytes: bytes,
      };
    }
    return removeAll(await candidates(given, ctx), given.what, ctx);
  },

  async probe(given, before, ctx) {
    if (given.what === 'build_cache')
      return { outcome: 'not_done', evidence: 'what is left of the cache can be removed again' };
    const was = z.object({ ids: z.array(z.string()) }).safeParse(before).data?.ids;
    if (!was) return { outcome: 'unknown', evidence: NOBODY_LOOKED };
    const unused = new Set((await KINDS[given.what].unused(ctx)).map(({ id }) => id));
    const left = was.filter((id) => unused.has(id)).length;
    if (left > 0) return { outcome: 'not_done', evidence: `${left} of ${was.length} are still there` };
    return {
      outcome: 'done',
      evidence: `none of the ${was.length} is left`,
      result: { summary: `${was.length} removed` },
    };
  },

  async preview(given, ctx) {
    if (given.what === 'build_cache') {
      const { records, bytes } = await oldCache(ctx, cutoff(given, ctx));
      return `would remove ${count(records, 'record')} of build cache, ${sizeInWords(bytes)}; ${await disk(ctx)}`;
    }
    const found = await candidates(given, ctx);
    const names = found.length > 0 ? `: ${list(found)}` : '';
    return `would remove ${count(found.length, given.what.slice(0, -1))}, about ${sizeInWords(sumOf(found))}${names}; ${await disk(ctx)}`;
  },
});

async function removeAll(things: readonly Thing[], what: string, ctx: ActionContext): Promise<StepResult> {
  const kind = KINDS[what === 'images' ? 'images' : 'containers'];
  const layersBefore = await layers(ctx);
  const gone: Thing[] = [];
  for (const thing of things) {
    ctx.signal.throwIfAborted();
    if (await removed(kind, thing, ctx)) gone.push(thing);
  }
  // Layers are shared: only the engine knows what went with the last image that had them.
  const freed = what === 'images' ? Math.max(0, layersBefore - (await layers(ctx))) : sumOf(gone);
  const left = things.length - gone.length;
  return {
    summary: `${count(gone.length, what.slice(0, -1))} removed, ${sizeInWords(freed)} freed`,
    removed: gone.slice(0, 50).map(nameOf),
    freed_bytes: freed,
    ...(left > 0 ? { left: `${left} came into use meanwhile, or were gone` } : {}),
  };
}

async function candidates(given: Input, ctx: ActionContext): Promise<Thing[]> {
  if (given.what === 'build_cache') return [];
  return (await rubbishOf(KINDS[given.what], ctx, cutoff(given, ctx), given.keep)).remove;
}

function cutoff({ older_than: age }: Input, ctx: ActionContext): number {
  return ctx.now().getTime() - parseDuration(age);
}

const usageSchema = z.object({
  LayersSize: z.number().default(0),
  Images: z.array(z.unknown()).nullish(),
  BuildCache: z.array(z.object({ Size: z.number() })).nullish(),
});

async function usage(ctx: ActionContext) {
  return usageSchema.parse(await ctx.docker.ask('measure its disk', (docker) => docker.df(), { reads: true }));
}

async function layers(ctx: ActionContext): Promise<number> {
  return (await usage(ctx)).LayersSize;
}

async function disk(ctx: ActionContext): Promise<string> {
  const { LayersSize, Images, BuildCache } = await usage(ctx);
  const cache = (BuildCache ?? []).reduce((sum, { Size }) => sum + Size, 0);
  return `in all ${count(Images?.length ?? 0, 'image')} of ${sizeInWords(LayersSize)}, build cache of ${sizeInWords(cache)}`;
}

function nameOf({ names, id }: Thing): string {
  return names[0] ?? shortId(id);
}

function list(things: readonly Thing[]): string {
  const names = things.slice(0, 5).map(nameOf).join(', ');
  return things.length > 5 ? `${names} and ${things.length - 5} more` : names;
}
