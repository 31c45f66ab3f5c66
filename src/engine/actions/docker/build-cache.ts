import { z } from 'zod';
import { formatDuration } from '../../model/duration.js';
import type { ActionContext } from '../action.js';

const recordSchema = z.object({
  InUse: z.boolean(),
  Size: z.number(),
  CreatedAt: z.string(),
  LastUsedAt: z.string().nullish(),
});
const usageSchema = z.object({ BuildCache: z.array(recordSchema).nullish() });
const answerSchema = z.object({ SpaceReclaimed: z.number(), CachesDeleted: z.array(z.string()).nullish() });

export interface Cache {
  records: number;
  bytes: number;
}

/** What of the build cache nobody has used since. */
export async function oldCache(ctx: ActionContext, beforeMs: number): Promise<Cache> {
  const usage = await ctx.docker.ask('measure its disk', (docker) => docker.df(), { reads: true });
  const old = (usageSchema.parse(usage).BuildCache ?? []).filter(
    ({ InUse, CreatedAt, LastUsedAt }) => !InUse && Date.parse(LastUsedAt ?? CreatedAt) < beforeMs,
  );
  return { records: old.length, bytes: old.reduce((sum, { Size }) => sum + Size, 0) };
}

/** The library's own call for this sends its filter where the engine does not read it. */
export async function pruneCache(ctx: ActionContext, olderThanMs: number): Promise<Cache> {
  const filters = JSON.stringify({ until: [`${Math.round(olderThanMs / 1_000)}s`] });
  const answer = await ctx.docker.ask(
    `remove build cache that was not used for ${formatDuration(olderThanMs)}`,
    (docker) =>
      new Promise<unknown>((resolve, reject) => {
        const request = {
          path: '/build/prune?',
          method: 'POST',
          options: { _query: { all: true, filters }, _body: {} },
          statusCodes: { 200: true, 400: 'bad parameter', 500: 'server error' },
        };
        docker.modem.dial(request, (error: unknown, data: unknown) => (error ? reject(error) : resolve(data)));
      }),
  );
  const { SpaceReclaimed, CachesDeleted } = answerSchema.parse(answer);
  return { records: CachesDeleted?.length ?? 0, bytes: SpaceReclaimed };
}
