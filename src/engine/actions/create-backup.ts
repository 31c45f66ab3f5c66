import { z } from 'zod';
import type { BackupDefinition } from '../backups/catalog.js';
import { count, failureInWords } from '../health/words.js';
import type { Service } from '../model/service.js';
import { type ActionContext, ActionError, type BackupCatalog, type BackupRecord } from './action.js';
import type { Saved } from './backup-kinds/kind.js';
import { BACKUP_KINDS, factsOf } from './backup-kinds/kinds.js';
import { defineAction } from './define-action.js';
import { text } from './fields.js';
import { serviceOfBackup } from './find-backup.js';
import { inUse } from './in-use.js';

export const createBackup = defineAction({
  name: 'create_backup',
  description: "Saves a service's data as a new backup (Redis, Postgres).",
  version: 2,
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
    const { service: of, ...definition } = definitionOf(name, ctx.backups);
    const service = ctx.service(of);
    const kind = BACKUP_KINDS[definition.location];
    const keep = (saved: Saved) => publish(name, service, definition.location, saved, ctx);
    const record = await kind.save(service, { service: of, ...definition }, ctx, keep).catch((error: unknown) => {
      ctx.signal.throwIfAborted();
      if (error instanceof ActionError) throw error;
      throw new ActionError(`${service.name} could not save its data: ${failureInWords(error)}. No backup was made.`, {
        code: 'save_failed',
      });
    });
    return resultOf(record);
  },

  async probe({ name }, before, ctx) {
    const [newest] = await ctx.backups.list(name);
    if (before.newest === undefined) return { outcome: 'unknown', evidence: 'nobody looked which backups there were' };
    if (newest && newest.id !== before.newest)
      return { outcome: 'done', evidence: `backup ${newest.id} is new`, result: resultOf(newest) };
    return { outcome: 'not_done', evidence: 'there is no new backup' };
  },

  async preview({ name }, ctx) {
    const { service, location } = definitionOf(name, ctx.backups);
    const [newest] = await ctx.backups.list(name);
    const { unit, requireAddress } = BACKUP_KINDS[location];
    requireAddress(ctx.service(service));
    const seen = await inUse(service, ctx);
    return `would save ${service}${seen}; newest backup so far: ${newest ? `${newest.id}, ${count(newest.items, unit)}` : 'none'}`;
  },
});

/** Where nothing is said of it, a backup is one of Redis. */
function definitionOf(name: string, catalog: BackupCatalog): BackupDefinition {
  return catalog.definition?.(name) ?? { service: serviceOfBackup(name, catalog), location: 'redis' };
}

function publish(
  name: string,
  service: Service,
  kind: BackupRecord['kind'],
  { file, ...facts }: Saved,
  ctx: ActionContext,
): Promise<BackupRecord> {
  const record = { name, service: service.name, kind, ...facts, createdAt: ctx.now() };
  return ctx.backups.add(record, file).catch((error: unknown) => {
    throw new ActionError(
      `The dump of ${service.name} could not be copied: ${failureInWords(error)}. No backup was made.`,
      { code: 'copy_failed' },
    );
  });
}

function resultOf(record: BackupRecord) {
  return { summary: count(record.items, BACKUP_KINDS[record.kind].unit), ...factsOf(record) };
}
