import { z } from 'zod';
import { DockerRefusal } from '../../runtimes/docker/engine.js';
import { ASIDE } from '../../runtimes/docker/replace.js';
import type { ActionContext } from '../action.js';
import { type Rubbish, rubbishAmong, type Thing } from './rubbish.js';

/** What is looked through, and how one of it is removed. */
export interface Kind {
  /** Things that nothing uses now. */
  unused(ctx: ActionContext): Promise<Thing[]>;
  /** Ids that must stay, for a reason that Docker does not know. */
  needed(ctx: ActionContext): Promise<ReadonlySet<string>>;
  remove(thing: Thing, ctx: ActionContext): Promise<void>;
}

export const KINDS = {
  images: {
    async unused(ctx) {
      const { images, used } = await ctx.docker.ask(
        'list its images',
        async (docker) => ({
          images: await docker.listImages(),
          used: new Set((await docker.listContainers({ all: true })).map(({ ImageID }) => ImageID)),
        }),
        READS,
      );
      const pulls = await lastPulls(ctx);
      const idle = images.filter(({ Id }) => !used.has(Id));
      return Promise.all(
        idle.map(async ({ Id, RepoTags, Created, Size, SharedSize }) => ({
          id: Id,
          names: (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
          sinceMs: Math.max(
            Created * 1_000,
            await lastTagged(Id, ctx),
            ...(RepoTags ?? []).map((tag) => pulls.get(tag) ?? 0),
          ),
          bytes: Size - Math.max(0, SharedSize),
        })),
      );
    },

    /** Without its image a snapshot brings nothing back. */
    async needed(ctx) {
      const kept = await Promise.all(ctx.services().map(({ name }) => ctx.snapshots.list(name)));
      return new Set(kept.flat().flatMap(({ facts }) => (typeof facts.image_id === 'string' ? [facts.image_id] : [])));
    },

    async remove({ id, names }, ctx) {
      // Removing an image of several tags by its id would be refused.
      for (const name of names.length > 0 ? names : [id])
        await ctx.docker.ask(`remove the image ${name}`, (docker) => docker.getImage(name).remove());
    },
  },

  containers: {
    async unused(ctx) {
      const ended = await ctx.docker.ask(
        'list its containers',
        (docker) =>
          docker.listContainers({ all: true, size: true, filters: { status: ['exited', 'dead', 'created'] } }),
        READS,
      );
      return Promise.all(
        ended.map(async ({ Id, Names, Created, ...more }) => ({
          id: Id,
          names: Names.map((name) => name.replace(/^\//, '')),
          sinceMs: Math.max(Created * 1_000, await lastEnded(Id, ctx)),
          bytes: sizedSchema.parse(more).SizeRw,
        })),
      );
    },

    /** A service that is down is what is to be brought back; what is set aside is the way back. */
    async needed(ctx) {
      const services = new Set(ctx.services().map(({ name, containerName }) => containerName ?? name));
      const all = await ctx.docker.ask('list its containers', (docker) => docker.listContainers({ all: true }), READS);
      const ours = all.filter(
        ({ Names, Labels }) =>
          Labels['reviver.enable'] === 'true' ||
          Names.map((name) => name.slice(1)).some((name) => services.has(name) || name.endsWith(ASIDE)),
      );
      return new Set(ours.map(({ Id }) => Id));
    },

    /** Their volumes stay, those without a name too. */
    async remove({ id, names }, ctx) {
      await ctx.docker.ask(`remove the container ${names[0] ?? id}`, (docker) =>
        docker.getContainer(id).remove({ v: false }),
      );
    },
  },
} satisfies Record<string, Kind>;

export async function rubbishOf(
  kind: Kind,
  ctx: ActionContext,
  beforeMs: number,
  keep: readonly string[],
): Promise<Rubbish> {
  const [unused, needed] = await Promise.all([kind.unused(ctx), kind.needed(ctx)]);
  return rubbishAmong(unused, { beforeMs, keep, needed });
}

/** False: somebody uses it by now, or it has gone by itself. */
export async function removed(kind: Kind, thing: Thing, ctx: ActionContext): Promise<boolean> {
  try {
    await kind.remove(thing, ctx);
    return true;
  } catch (error) {
    if (error instanceof DockerRefusal && (error.status === 404 || error.status === 409)) return false;
    throw error;
  }
}

const READS = { reads: true };

/** Own writes of a container; the library does not declare it. */
const sizedSchema = z.object({ SizeRw: z.number().default(0) });

const eventSchema = z.object({ Actor: z.object({ ID: z.string() }), time: z.number() });

/** When images were pulled, by tag, as far as the engine remembers its last events: they are about to be used. */
async function lastPulls(ctx: ActionContext): Promise<Map<string, number>> {
  // The engine's clock, not ours, ends the list.
  const until = Math.floor(Date.now() / 1_000);
  const told = await ctx.docker.ask(
    'tell which images it pulled',
    async (docker) => {
      const stream = await docker.getEvents({ since: 1, until, filters: { type: ['image'], event: ['pull'] } });
      const chunks: string[] = [];
      for await (const chunk of stream) chunks.push(String(chunk));
      return chunks.join('');
    },
    READS,
  );
  const events = told.split('\n').filter((line) => line !== '');
  return new Map(
    events.map((line) => {
      const { Actor, time } = eventSchema.parse(JSON.parse(line));
      return [Actor.ID, time * 1_000] as const;
    }),
  );
}

/** A new tag, too, is a sign that an old image is about to be used. */
async function lastTagged(id: string, ctx: ActionContext): Promise<number> {
  const found = await ctx.docker.ask(`look at ${id}`, (docker) => docker.getImage(id).inspect(), READS).catch(gone);
  return timeOf(taggedSchema.safeParse(found).data?.Metadata.LastTagTime);
}

async function lastEnded(id: string, ctx: ActionContext): Promise<number> {
  const found = await ctx.docker.ask(`look at ${id}`, (docker) => docker.getContainer(id).inspect(), READS).catch(gone);
  return timeOf(found?.State.FinishedAt);
}

const taggedSchema = z.object({ Metadata: z.object({ LastTagTime: z.string() }) });

/** The engine's word for never is the year 1. */
function timeOf(text: string | undefined): number {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

function gone(error: unknown): undefined {
  if (error instanceof DockerRefusal && error.status === 404) return undefined;
  throw error;
}
