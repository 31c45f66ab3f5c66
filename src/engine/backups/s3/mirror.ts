import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ActionError, type BackupRecord } from '../../actions/action.js';
import { count } from '../../health/words.js';
import type { JobContext, JobResult } from '../../housekeeping/job.js';
import type { BackupStore } from '../catalog.js';
import { publish, writeDurably } from '../durable-files.js';
import { readManifest } from '../manifest.js';
import { type BackupRetention, RETENTION, toForget } from '../retention.js';
import type { ObjectStore } from './object-store.js';

const DAY_MS = 86_400_000;

/**
 * Brings the store up to what lies here: the data first, its manifest last, so that a backup counts there only when it is
 * whole. Repeated after an interruption it goes on. What lies only there stays until its time is over.
 */
export async function mirrorBackups(
  catalog: BackupStore,
  store: ObjectStore,
  ctx: Pick<JobContext, 'signal' | 'log' | 'now'>,
  retention: BackupRetention = RETENTION,
): Promise<JobResult> {
  let sent = 0;
  let bytes = 0;
  for (const name of catalog.names()) {
    const there = await store.list(keyOf(catalog, name, ''), ctx);
    const records = await catalog.list(name);
    for (const record of records) {
      if (record.proof?.outcome === 'failed') continue;
      if (await sendOne(catalog, store, record, there, ctx)) {
        sent += 1;
        bytes += (record.sealed ?? record).bytes;
        ctx.log(`${name}: backup ${record.id} is in the store`);
      }
    }
    await forgetOld(catalog, store, name, records, there, ctx, retention);
  }
  await store.sweep(DAY_MS, ctx.now(), ctx);
  return { summary: sent === 0 ? 'nothing new' : `${count(sent, 'backup')} sent`, sent, bytes };
}

/** Brings one back: its data are compared with its manifest before it counts here. Absent `id`: the newest there. */
export async function fetchBackup(
  catalog: BackupStore,
  store: ObjectStore,
  { name, id }: { name: string; id?: string },
  ctx: Pick<JobContext, 'signal' | 'onBytes'>,
): Promise<string> {
  const there = await store.list(keyOf(catalog, name, ''), ctx);
  const ids = idsIn(there).sort();
  const wanted = id ?? ids.at(-1);
  if (wanted === undefined || !ids.includes(wanted))
    throw new ActionError(`The store has no complete backup ${wanted ?? name}.`, {
      code: 'no_backup',
      retryable: false,
    });
  const dataKey = [...there.keys()].find((key) => isData(key, wanted)) ?? '';
  const folder = catalog.folder(name);
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const file = join(folder, basename(dataKey));
  const manifest = await store.getText(keyOf(catalog, name, `${wanted}.json`), ctx);
  const sha256 = await download(await store.get(dataKey, ctx), `${file}.part`, ctx);
  await publish(`${file}.part`, file);
  await writeDurably(`${file}.manifest`, manifest);
  const record = await readManifest(`${file}.manifest`, wanted, file.replace(/\.age$/, ''));
  await rm(`${file}.manifest`);
  const reason =
    'reason' in record
      ? record.reason
      : (record.sealed ?? record).sha256 === sha256
        ? undefined
        : 'its checksum does not match';
  if (reason !== undefined) {
    await rm(file, { force: true });
    throw new ActionError(`Backup ${wanted} in the store is damaged (${reason}); it was not kept.`, {
      code: 'backup_damaged',
    });
  }
  await writeDurably(join(folder, `${wanted}.json`), manifest);
  return wanted;
}

async function sendOne(
  catalog: BackupStore,
  store: ObjectStore,
  { name, id, file, proof }: BackupRecord,
  there: ReadonlyMap<string, number>,
  ctx: Pick<JobContext, 'signal'>,
): Promise<boolean> {
  const key = (end: string) => keyOf(catalog, name, end);
  const folder = catalog.folder(name);
  const proofKey = key(`${id}.proof`);
  if (proof && !there.has(proofKey))
    await store.putText(proofKey, await readFile(join(folder, `${id}.proof`), 'utf8'), ctx);
  if (there.has(key(`${id}.json`))) return false;
  await store.putFile(key(basename(file)), file, ctx);
  await store.putText(key(`${id}.json`), await readFile(join(folder, `${id}.json`), 'utf8'), ctx);
  return true;
}

/** Manifests first, as here. */
async function forgetOld(
  catalog: BackupStore,
  store: ObjectStore,
  name: string,
  records: readonly BackupRecord[],
  there: ReadonlyMap<string, number>,
  ctx: Pick<JobContext, 'signal' | 'now'>,
  retention: BackupRetention,
): Promise<void> {
  const remote = idsIn(there).map((id) => ({
    id,
    createdAt: momentOf(id),
    proof: records.find((one) => one.id === id)?.proof,
  }));
  const known = remote.map(({ proof, ...one }) => (proof ? { ...one, proof } : one));
  for (const { id } of toForget(known, ctx.now(), retention)) {
    await store.remove(keyOf(catalog, name, `${id}.json`), ctx);
    for (const key of there.keys()) if (isData(key, id) || key.endsWith(`/${id}.proof`)) await store.remove(key, ctx);
  }
}

function keyOf(catalog: BackupStore, name: string, file: string): string {
  return `${catalog.definition(name)?.location}/${encodeURIComponent(name)}/${file}`;
}

function idsIn(there: ReadonlyMap<string, number>): string[] {
  return [...there.keys()].filter((key) => key.endsWith('.json')).map((key) => basename(key, '.json'));
}

function isData(key: string, id: string): boolean {
  return new RegExp(`/${id}\\.(rdb|dump)(\\.age)?$`).test(key);
}

/** `20261122T041500-1a2b` */
function momentOf(id: string): Date {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(id) ?? [];
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

async function download(
  from: AsyncIterable<Buffer>,
  path: string,
  { signal, onBytes }: Pick<JobContext, 'signal' | 'onBytes'>,
): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w', 0o600);
  let bytes = 0;
  try {
    for await (const chunk of from) {
      signal.throwIfAborted();
      hash.update(chunk);
      await file.writeFile(chunk);
      bytes += chunk.length;
      onBytes?.(bytes);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
