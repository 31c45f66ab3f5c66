import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { copyDurably } from '../backups/durable-files.js';
import { sha256Of } from '../backups/sha256.js';
import { checkService } from '../health/check-service.js';
import { count } from '../health/words.js';
import { formatDuration } from '../model/duration.js';
import type { JsonObject } from '../model/json.js';
import type { BackupRecord } from './action.js';
import { ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { text } from './fields.js';
import { findBackup, requireIntact, serviceOfBackup } from './find-backup.js';
import { asideFolder, asideName, setAside } from './redis-data/aside.js';
import { readJournal, writeJournal } from './redis-data/journal.js';
import { dataNames, redisLayout } from './redis-data/layout.js';
import { formFor, placeDump } from './redis-data/place.js';
import { requireStopped } from './redis-data/require-stopped.js';

/** A greater dump is known by size and time alone: a look must not take long. */
const MAX_LOOK_BYTES = 256 * 1_024 * 1_024;

export const restoreBackup = defineAction({
  name: 'restore_backup',
  description: "Replaces a stopped service's data by a backup; the present data is kept aside.",
  version: 1,
  input: z.strictObject({ backup: text("the name of a backup, a backup's id, or the absolute path of its file") }),
  shorthand: 'backup',
  risk: 0.4,
  idempotent: false,
  timeoutMs: 15 * 60_000,
  services: ({ backup }, catalog) => [serviceOfBackup(backup, catalog)],
  title: ({ backup }) => `Restore backup ${backup}`,

  async pin({ backup }, { backups }) {
    const record = await findBackup(backup, backups);
    return { input: { backup: record.id }, detail: `of ${moment(record)} (${count(record.items, 'key')})` };
  },

  async look({ backup }, ctx) {
    const service = serviceOfBackup(backup, ctx.backups);
    const { folder, dump } = await redisLayout(ctx.service(service));
    const aside = asideName(ctx.runKey);
    const journal = await readJournal(asideFolder(folder, aside));
    const record = await findBackup(backup, ctx.backups).catch(() => undefined);
    const found = await fingerprint(join(folder, dump));
    return { service, aside, aside_state: journal?.state ?? null, backup: record?.id ?? null, ...found };
  },

  async run({ backup }, ctx, before) {
    // A retry restores the same backup, also when a newer one has come in between.
    const record = await findBackup(typeof before.backup === 'string' ? before.backup : backup, ctx.backups);
    const layout = await redisLayout(ctx.service(record.service));
    await requireIntact(record, ctx.backups, ctx.signal);
    await requireStopped(record.service, ctx);
    const aside = asideFolder(layout.folder, asideName(ctx.runKey));
    const temporary = join(layout.folder, `${layout.dump}.part`);
    await copyIntact(record, temporary, ctx.signal);
    await setAside(layout.folder, aside, dataNames(layout), record.id);
    const journal = await readJournal(aside);
    const form = formFor(layout, journal?.had ?? []);
    await placeDump(layout, temporary, form);
    if (journal) await writeJournal(aside, { ...journal, state: 'restored' });
    if (form !== 'dump') ctx.log('the append-only files were built anew from the backup', { form });
    return resultOf(record, aside);
  },

  async probe({ backup }, before, ctx) {
    const record = await findBackup(typeof before.backup === 'string' ? before.backup : backup, ctx.backups);
    const { folder, dump } = await redisLayout(ctx.service(record.service));
    const aside = asideFolder(folder, asideName(ctx.runKey));
    const journal = await readJournal(aside);
    const now = await fingerprint(join(folder, dump));
    const present = now.bytes === null ? null : await sha256Of(join(folder, dump), ctx.signal);
    const changed = before.sha256 !== record.sha256;
    const finished = journal?.state === 'restored';
    if (present === record.sha256 && (changed || finished))
      return { outcome: 'done', evidence: `${dump} is backup ${record.id}`, result: resultOf(record, aside) };
    if (present === null && (journal?.state === 'setting_aside' || before.bytes === null))
      return { outcome: 'not_done', evidence: `there is no ${dump}; what was there is kept in ${aside}` };
    if (before.bytes !== undefined && sameFile(before, { ...now, sha256: present }))
      return { outcome: 'not_done', evidence: `${dump} is the one from before` };
    return { outcome: 'unknown', evidence: `${dump} is neither the one from before nor backup ${record.id}` };
  },

  inverse: (_, { service, aside }) =>
    typeof service === 'string' && typeof aside === 'string'
      ? { action: 'restore_previous', input: { service, aside } }
      : undefined,
  imagine: () => ({ service: 'imagined', aside: 'imagined' }),

  async preview({ backup }, ctx) {
    const record = await findBackup(backup, ctx.backups);
    const service = ctx.service(record.service);
    const { folder, dump } = await redisLayout(service);
    const health = await checkService(
      { ...service, health: service.health.filter(({ type }) => type === 'redis') },
      ctx.signal,
    );
    const keys = health?.facts?.keys;
    const { bytes } = await fingerprint(join(folder, dump));
    const size =
      bytes === null ? 'which is missing' : typeof keys === 'number' ? count(keys, 'key') : count(bytes, 'byte');
    const age = formatDuration(ctx.now().getTime() - record.createdAt.getTime());
    return `would replace ${dump} (${size}) by backup of ${moment(record)}, ${count(record.items, 'key')}, ${age} old`;
  },
});

/** `2026-11-22 04:15 UTC`: one of yesterday must not look like one of today. */
function moment({ createdAt }: BackupRecord): string {
  return `${createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What is in place now; `sha256` is null for a file too great to be read in a look. */
async function fingerprint(
  path: string,
): Promise<{ bytes: number | null; mtime_ms: number | null; sha256: string | null }> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return { bytes: null, mtime_ms: null, sha256: null };
  const sha256 = found.size <= MAX_LOOK_BYTES ? await sha256Of(path) : null;
  return { bytes: found.size, mtime_ms: found.mtimeMs, sha256 };
}

function sameFile(before: JsonObject, now: JsonObject): boolean {
  if (typeof before.sha256 === 'string') return before.sha256 === now.sha256;
  return before.bytes === now.bytes && before.mtime_ms === now.mtime_ms;
}

/** Copied beside its place first: a full disk or an unreadable backup is noticed before anything is moved. */
async function copyIntact(record: BackupRecord, target: string, signal: AbortSignal): Promise<void> {
  try {
    const { sha256 } = await copyDurably(record.file, target, signal);
    if (sha256 !== record.sha256)
      throw new ActionError(`Backup ${record.id} changed while it was read; nothing was touched.`, {
        code: 'backup_damaged',
      });
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

function resultOf(record: BackupRecord, aside: string) {
  const { id, items, bytes, sha256, createdAt } = record;
  return {
    summary: count(items, 'key'),
    backup: id,
    keys: items,
    bytes,
    sha256,
    created_at: createdAt.toISOString(),
    aside,
  };
}
