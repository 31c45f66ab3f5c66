import { z } from 'zod';
import { count } from '../health/words.js';
import { formatDuration } from '../model/duration.js';
import type { JsonObject } from '../model/json.js';
import type { BackupRecord } from './action.js';
import { BACKUP_KINDS, factsOf } from './backup-kinds/kinds.js';
import { defineAction } from './define-action.js';
import { text } from './fields.js';
import { findBackup, serviceOfBackup } from './find-backup.js';

export const restoreBackup = defineAction({
  name: 'restore_backup',
  description:
    "Replaces a service's data by a backup; the present data is kept aside. Redis must be stopped, Postgres must run.",
  version: 2,
  input: z.strictObject({ backup: text("the name of a backup, a backup's id, or the absolute path of its file") }),
  shorthand: 'backup',
  risk: 0.4,
  idempotent: false,
  timeoutMs: 15 * 60_000,
  services: ({ backup }, catalog) => [serviceOfBackup(backup, catalog)],
  title: ({ backup }) => `Restore backup ${backup}`,

  async pin({ backup }, { backups }) {
    const record = await findBackup(backup, backups);
    return { input: { backup: record.id }, detail: `of ${moment(record)} (${inWords(record)}; ${proofOf(record)})` };
  },

  async look({ backup }, ctx) {
    const service = serviceOfBackup(backup, ctx.backups);
    const record = await findBackup(backup, ctx.backups).catch(() => undefined);
    const kind = BACKUP_KINDS[record?.kind ?? 'redis'];
    return { service, backup: record?.id ?? null, ...(await kind.look(record, ctx.service(service), ctx)) };
  },

  async run({ backup }, ctx, before) {
    const record = await findBackup(meant(backup, before), ctx.backups);
    const { aside, ...more } = await BACKUP_KINDS[record.kind].restore(record, ctx);
    return { ...resultOf(record), ...more, aside };
  },

  async probe({ backup }, before, ctx) {
    const record = await findBackup(meant(backup, before), ctx.backups);
    const { result, ...probed } = await BACKUP_KINDS[record.kind].probe(record, before, ctx);
    return { ...probed, ...(result ? { result: { ...resultOf(record), ...result } } : {}) };
  },

  inverse: (_, { service, aside, database }) =>
    typeof service === 'string' && typeof aside === 'string'
      ? { action: 'restore_previous', input: { service, aside, ...(database === undefined ? {} : { database }) } }
      : undefined,
  imagine: () => ({ service: 'imagined', aside: 'imagined' }),

  async preview({ backup }, ctx) {
    const record = await findBackup(backup, ctx.backups);
    const there = await BACKUP_KINDS[record.kind].present(record, ctx.service(record.service), ctx);
    const age = formatDuration(ctx.now().getTime() - record.createdAt.getTime());
    return `would replace ${there} by backup of ${moment(record)}, ${inWords(record)}, ${proofOf(record)}; what was written in the ${age} since then would not be in it`;
  },
});

/** A retry restores the same backup, also when a newer one has come in between. */
function meant(backup: string, before: JsonObject): string {
  return typeof before.backup === 'string' ? before.backup : backup;
}

/** `2026-11-22 04:15 UTC`: one of yesterday must not look like one of today. */
function moment({ createdAt }: BackupRecord): string {
  return `${createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Whether anybody has ever seen it come back. */
function proofOf({ proof }: BackupRecord): string {
  return proof ? `proven by a restore in ${formatDuration(proof.durationMs)}` : 'never restored for a test';
}

function inWords({ items, kind }: BackupRecord): string {
  return count(items, BACKUP_KINDS[kind].unit);
}

function resultOf(record: BackupRecord) {
  return { summary: inWords(record), ...factsOf(record), created_at: record.createdAt.toISOString() };
}
