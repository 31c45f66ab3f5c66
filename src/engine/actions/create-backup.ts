import { z } from 'zod';
import { withRedis } from '../health/redis-session.js';
import { count, failureInWords } from '../health/words.js';
import type { Service } from '../model/service.js';
import type { ActionContext, BackupRecord } from './action.js';
import { ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { text } from './fields.js';
import { serviceOfBackup } from './find-backup.js';
import { inUse } from './in-use.js';
import { saveDump } from './redis-data/save-dump.js';

export const createBackup = defineAction({
  name: 'create_backup',
  description: "Saves a service's data as a new backup (Redis).",
  version: 1,
  input: z.strictObject({ name: text('the name of a backup') }),
  shorthand: 'name',
  risk: 0.05,
  // One more backup harms nobody.
  idempotent: true,
  timeoutMs: 15 * 60_000,
  services: ({ name }, catalog) => [serviceOfBackup(name, catalog)],
  title: ({ name }) => `Create backup ${name}`,
  look: async ({ name }, ctx) => ({ newest: (await ctx.backups.list(name))[0]?.id ?? null }),

  async run({ name }, ctx) {
    const service = ctx.service(serviceOfBackup(name, ctx.backups));
    const url = redisUrl(service);
    const dump = await withRedis(url, ctx.signal, (redis) => saveDump(redis, ctx.signal)).catch((error: unknown) => {
      ctx.signal.throwIfAborted();
      if (error instanceof ActionError) throw error;
      throw new ActionError(`${service.name} could not save its data: ${failureInWords(error)}. No backup was made.`, {
        code: 'save_failed',
      });
    });
    return resultOf(await publish(name, service, dump, ctx));
  },

  async probe({ name }, before, ctx) {
    const [newest] = await ctx.backups.list(name);
    if (before.newest === undefined) return { outcome: 'unknown', evidence: 'nobody looked which backups there were' };
    if (newest && newest.id !== before.newest)
      return { outcome: 'done', evidence: `backup ${newest.id} is new`, result: resultOf(newest) };
    return { outcome: 'not_done', evidence: 'there is no new backup' };
  },

  async preview({ name }, ctx) {
    const service = ctx.service(serviceOfBackup(name, ctx.backups));
    const [newest] = await ctx.backups.list(name);
    redisUrl(service);
    const seen = await inUse(service.name, ctx);
    return `would save ${service.name}${seen}; newest backup so far: ${newest ? `${newest.id}, ${count(newest.items, 'key')}` : 'none'}`;
  },
});

function redisUrl(service: Service): string {
  const url = service.health.find(({ type }) => type === 'redis')?.url;
  if (url) return url;
  throw new ActionError(`${service.name} has no redis health check, so its address is not known; no backup was made.`, {
    code: 'no_redis_check',
    retryable: false,
  });
}

async function publish(
  name: string,
  service: Service,
  dump: { file: string; keys: number },
  ctx: ActionContext,
): Promise<BackupRecord> {
  const record = { name, service: service.name, kind: 'redis' as const, items: dump.keys, createdAt: ctx.now() };
  return ctx.backups.add(record, dump.file).catch((error: unknown) => {
    throw new ActionError(
      `The dump of ${service.name} could not be copied: ${failureInWords(error)}. No backup was made.`,
      { code: 'copy_failed' },
    );
  });
}

function resultOf({ id, items, bytes, sha256 }: BackupRecord) {
  return { summary: count(items, 'key'), backup: id, keys: items, bytes, sha256 };
}
