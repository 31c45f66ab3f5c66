import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { count } from '../../health/words.js';
import type { JobContext, JobResult } from '../../housekeeping/job.js';
import { packed } from '../../snapshots/sealed-folder.js';
import { measured } from '../measured.js';
import type { ObjectStore } from '../s3/object-store.js';
import { sha256Of } from '../sha256.js';
import { firstNeeded, KEPT_BASES } from './base-backups.js';
import {
  baseSchema,
  isBase,
  isPiece,
  keyOfPiece,
  pieceOf,
  placeOf,
  readFileInPieces,
  type SentBase,
  sentForm,
} from './sent-form.js';

/** What is sent from: absolute folders, and what it is encrypted with; without a key it is not. */
export interface ArchiveFolders {
  base: string;
  wal: string;
}

export interface ArchiveCopies extends ArchiveFolders {
  store: ObjectStore;
  secretKey?: string | undefined;
}

const DAY_MS = 86_400_000;

type Rim = Pick<JobContext, 'signal' | 'log'>;

/**
 * Sends the pieces of the log that the store has not, in the order in which they were written. Each is one object that is
 * there whole or not at all, so that whatever interrupts it only leaves more to send.
 */
export async function sendLog({ wal, store, secretKey }: ArchiveCopies, rim: Rim): Promise<JobResult> {
  const there = new Set([...(await store.list('wal/', rim)).keys()].map((key) => pieceOf(key)?.name));
  const [oldest] = (await sentBases(store, rim)).map(({ from }) => from.slice(8)).sort();
  const needed = (name: string) => (placeOf(name) ?? '~') >= (oldest ?? '');
  const names = (await readdir(wal)).filter((name) => isPiece(name) && !there.has(name) && needed(name)).sort();
  for (const name of names) {
    const path = join(wal, name);
    const key = keyOfPiece(name, await sha256Of(path, rim.signal), secretKey);
    await store.putStream(key, sentForm(readFileInPieces(path), secretKey), rim);
  }
  return { summary: names.length === 0 ? 'nothing new' : `${count(names.length, 'piece')} sent`, pieces: names.length };
}

/** Sends the newest base backup, its manifest last, and removes what is older than it must be, with its log. */
export async function sendBase(archive: ArchiveCopies, rim: Rim & Pick<JobContext, 'now'>): Promise<JobResult> {
  const { store } = archive;
  const bases = await sentBases(store, rim);
  const sent = await sendNewestBase(archive, bases, rim);
  const kept = (sent ? [...bases, sent] : bases).sort((a, b) => (a.name < b.name ? -1 : 1));
  const dropped = await dropOld(store, kept, rim);
  await store.sweep(DAY_MS, rim.now(), rim);
  const removed = dropped === 0 ? '' : `; ${count(dropped, 'old object')} removed`;
  return { summary: `${sent ? `base backup ${sent.name} sent` : 'nothing new'}${removed}`, base: sent?.name ?? null };
}

/** Complete ones in the store. */
export async function sentBases(store: ObjectStore, rim: Pick<Rim, 'signal'>): Promise<SentBase[]> {
  const keys = [...(await store.list('base/', rim)).keys()].filter((key) => key.endsWith('.json'));
  const read = keys.map(async (key) => baseSchema.safeParse(parsed(await store.getText(key, rim))).data);
  return (await Promise.all(read)).filter((one) => one !== undefined);
}

async function sendNewestBase(
  { base, store, secretKey }: ArchiveCopies,
  there: readonly SentBase[],
  rim: Rim,
): Promise<SentBase | undefined> {
  const [newest] = (await readdir(base).catch(() => [])).filter(isBase).sort().reverse();
  if (newest === undefined || there.some(({ name }) => name === newest)) return undefined;
  const folder = join(base, newest);
  const from = firstNeeded(await readFile(join(folder, 'backup_label'), 'utf8'));
  if (from === undefined) return undefined;
  const key = `base/${newest}.tar.gz${secretKey === undefined ? '' : '.age'}`;
  const data = measured(sentForm(packed(folder), secretKey));
  await store.putStream(key, data.chunks, rim);
  const sent: SentBase = { name: newest, key, from, ...data.result(), sealed: secretKey !== undefined };
  await store.putText(`base/${newest}.json`, `${JSON.stringify(sent, null, 2)}\n`, rim);
  rim.log(`base backup ${newest} is in the store`);
  return sent;
}

/** As many as here, and the log since the oldest of them; manifests go first. */
async function dropOld(store: ObjectStore, bases: readonly SentBase[], rim: Rim): Promise<number> {
  const kept = bases.slice(-KEPT_BASES);
  const [oldest] = kept;
  if (!oldest) return 0;
  const old = new Set([...(await store.list('base/', rim)).keys()].filter((key) => isOld(key, oldest.name)));
  const manifestsFirst = [...old].sort((a, b) => Number(b.endsWith('.json')) - Number(a.endsWith('.json')));
  const unneeded = [...(await store.list('wal/', rim)).keys()].filter((key) => {
    const place = placeOf(pieceOf(key)?.name ?? '');
    return place !== undefined && place < oldest.from.slice(8);
  });
  for (const key of [...manifestsFirst, ...unneeded]) await store.remove(key, rim);
  return manifestsFirst.length + unneeded.length;
}

/** Also the data of one that never got its manifest. */
function isOld(key: string, oldest: string): boolean {
  const name = basename(key).slice(0, oldest.length);
  return isBase(name) && name < oldest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
