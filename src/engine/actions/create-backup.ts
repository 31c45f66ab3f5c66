import { z } from 'zod';
import type { BackupDefinition } from '../backups/catalog.js';
import { saveBackup } from '../backups/save.js';
import { count } from '../health/words.js';
import type { BackupCatalog, BackupRecord } from './action.js';
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
    const definition = definitionOf(name, ctx.backups);
    const record = await saveBackup(name, definition, ctx.service(definition.service), ctx.backups, ctx);
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

function resultOf(record: BackupRecord) {
  return { summary: count(record.items, BACKUP_KINDS[record.kind].unit), ...factsOf(record) };
}
