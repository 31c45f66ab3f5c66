import { createReadStream } from 'node:fs';
import { copyFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { copyDurably } from '../../backups/durable-files.js';
import { sha256Of } from '../../backups/sha256.js';
import { checkService } from '../../health/check-service.js';
import { withRedis } from '../../health/redis-session.js';
import { count } from '../../health/words.js';
import type { JsonObject } from '../../model/json.js';
import type { Service } from '../../model/service.js';
import { withOwnFolder } from '../../processes/own-folder.js';
import { ActionError, type BackupRecord } from '../action.js';
import { requireIntact } from '../find-backup.js';
import { asideFolder, asideName, setAside } from '../redis-data/aside.js';
import { readJournal, writeJournal } from '../redis-data/journal.js';
import { keysIn } from '../redis-data/keys-in.js';
import { dataNames, redisLayout } from '../redis-data/layout.js';
import { formFor, placeDump } from '../redis-data/place.js';
import { requireStopped } from '../redis-data/require-stopped.js';
import { countKeys, saveDump } from '../redis-data/save-dump.js';
import { proveRdb } from '../redis-data/scratch.js';
import { streamDump } from '../redis-data/stream-dump.js';
import { type BackupKind, type BackupRim, BackupUnfit } from './kind.js';

/** A greater dump is known by size and time alone: a look must not take long. */
const MAX_LOOK_BYTES = 256 * 1_024 * 1_024;
const READ_BYTES = 1_024 * 1_024;

/** The dump of a running server; put back into the folder of a stopped one. */
export const redisBackup: BackupKind = {
  unit: 'key',

  requireAddress: (service) => void redisUrl(service),

  async save(service, _, rim, write) {
    return withOwnFolder(rim.dataDir, 'dump', async (folder) => {
      const file = join(folder, 'dump.rdb');
      const said = await fetchDump(redisUrl(service), file, rim);
      // What is in the file is what was there at its moment; what Redis said is of a moment before.
      const items = (await keysIn(file, rim)) ?? said;
      await write(createReadStream(file, { highWaterMark: READ_BYTES }));
      return { items };
    });
  },

  async prove(record, _, backups, rim) {
    const how = { dir: rim.dataDir, signal: rim.signal };
    const found = await backups.opened(record, how, ({ file }) => proveRdb(file, rim));
    if (found !== record.items)
      throw new BackupUnfit(`restored, it has ${count(found, 'key')} instead of ${count(record.items, 'key')}`);
    return `${count(found, 'key')}, as counted when it was made`;
  },

  async look(_, service, ctx) {
    const { folder, dump } = await redisLayout(service);
    const aside = asideName(ctx.runKey);
    const journal = await readJournal(asideFolder(folder, aside));
    return { aside, aside_state: journal?.state ?? null, ...(await fingerprint(join(folder, dump))) };
  },

  async restore(record, ctx) {
    const layout = await redisLayout(ctx.service(record.service));
    await requireStopped(record.service, ctx);
    const aside = asideFolder(layout.folder, asideName(ctx.runKey));
    const temporary = join(layout.folder, `${layout.dump}.part`);
    await requireIntact(record, ctx.backups, ctx.signal);
    const how = { dir: ctx.dataDir, signal: ctx.signal };
    await ctx.backups.opened(record, how, (open) => copyIntact(open, temporary, ctx.signal));
    await setAside(layout.folder, aside, dataNames(layout), record.id);
    const journal = await readJournal(aside);
    const form = formFor(layout, journal?.had ?? []);
    await placeDump(layout, temporary, form);
    if (journal) await writeJournal(aside, { ...journal, state: 'restored' });
    if (form !== 'dump') ctx.log('the append-only files were built anew from the backup', { form });
    return { aside };
  },

  async probe(record, before, ctx) {
    const { folder, dump } = await redisLayout(ctx.service(record.service));
    const aside = asideFolder(folder, asideName(ctx.runKey));
    const journal = await readJournal(aside);
    const now = await fingerprint(join(folder, dump));
    const present = now.bytes === null ? null : await sha256Of(join(folder, dump), ctx.signal);
    const changed = before.sha256 !== record.sha256;
    const finished = journal?.state === 'restored';
    if (present === record.sha256 && (changed || finished))
      return { outcome: 'done', evidence: `${dump} is backup ${record.id}`, result: { aside } };
    if (present === null && (journal?.state === 'setting_aside' || before.bytes === null))
      return { outcome: 'not_done', evidence: `there is no ${dump}; what was there is kept in ${aside}` };
    if (before.bytes !== undefined && sameFile(before, { ...now, sha256: present }))
      return { outcome: 'not_done', evidence: `${dump} is the one from before` };
    return { outcome: 'unknown', evidence: `${dump} is neither the one from before nor backup ${record.id}` };
  },

  async present(_, service, ctx) {
    const { folder, dump } = await redisLayout(service);
    const ofRedis = { ...service, health: service.health.filter(({ type }) => type === 'redis') };
    const keys = (await checkService(ofRedis, ctx.signal))?.facts?.keys;
    const { bytes } = await fingerprint(join(folder, dump));
    if (bytes === null) return `${dump} (which is missing)`;
    return `${dump} (${typeof keys === 'number' ? count(keys, 'key') : count(bytes, 'byte')})`;
  },
};

/** From its own disk where this machine sees it, else as a replica is given it. How many keys it said that it had. */
async function fetchDump(url: string, file: string, { signal }: BackupRim): Promise<number> {
  return withRedis(url, signal, async (redis) => {
    try {
      const saved = await saveDump(redis, signal);
      await copyFile(saved.file, file);
      return saved.keys;
    } catch (error) {
      if (!(error instanceof ActionError) || error.options.code !== 'dump_not_visible') throw error;
      const keys = countKeys(await redis.info('keyspace'));
      await streamDump(url, file, signal);
      return keys;
    }
  });
}

function redisUrl(service: Service): string {
  const url = service.health.find(({ type }) => type === 'redis')?.url;
  if (url) return url;
  throw new ActionError(`${service.name} has no redis health check, so its address is not known; no backup was made.`, {
    code: 'no_redis_check',
    retryable: false,
  });
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
