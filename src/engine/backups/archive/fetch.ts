import { chown, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '../../actions/action.js';
import type { JobContext } from '../../housekeeping/job.js';
import { ageIdentity } from '../../snapshots/age-key.js';
import { unpack } from '../../snapshots/sealed-folder.js';
import { publish, syncFolder } from '../durable-files.js';
import { measured } from '../measured.js';
import { type ArchiveCopies, sentBases } from './send.js';
import { nameOfBase, pieceOf, placeOf, plainForm, type SentBase } from './sent-form.js';

type Rim = Pick<JobContext, 'signal' | 'onBytes'>;

/** What lies here now. */
export interface Fetched {
  base: string;
  /** Pieces of the log that came; others were here. */
  pieces: number;
}

/**
 * Brings the newest base backup, with `before` the newest from before that moment, and the log since into the folders in
 * which scripts/backup/restore_point_in_time.sh looks. What is here already stays; what came counts only when it is what
 * was sent. Interrupted, it goes on.
 */
export async function fetchArchive(
  { base, wal, store, secretKey }: ArchiveCopies,
  { before, ...rim }: Rim & { before?: Date },
): Promise<Fetched> {
  const last = before === undefined ? '~' : nameOfBase(before);
  const fitting = (await sentBases(store, rim)).filter(({ name }) => name <= last);
  const wanted = fitting.sort((a, b) => (a.name < b.name ? 1 : -1))[0];
  if (!wanted)
    throw new ActionError('The store has no whole base backup that fits; nothing was changed.', {
      code: 'no_backup',
      retryable: false,
    });
  for (const folder of [base, wal]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await fetchBase(base, wanted, { store, secretKey }, rim);
  return { base: wanted.name, pieces: await fetchLog(wal, wanted, { store, secretKey }, rim) };
}

type Source = Pick<ArchiveCopies, 'store' | 'secretKey'>;

async function fetchBase(base: string, wanted: SentBase, { store, secretKey }: Source, rim: Rim): Promise<void> {
  const target = join(base, wanted.name);
  if (await stat(target).catch(() => undefined)) return;
  const part = join(base, 'fetched.part');
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { mode: 0o700 });
  const sent = measured(await store.get(wanted.key, rim), rim.onBytes);
  try {
    const plain = plainForm(sent.chunks, identityFor(wanted.sealed, secretKey));
    await unpack(plain, part, rim.signal);
    if (sent.result().sha256 !== wanted.sha256) throw new Error('its checksum does not match');
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    rim.signal.throwIfAborted();
    throw damaged(`Base backup ${wanted.name}`, error);
  }
  await belongsLike(base, part);
  await rename(part, target);
  await syncFolder(base);
}

async function fetchLog(wal: string, { from }: SentBase, source: Source, rim: Rim): Promise<number> {
  const here = new Set(await readdir(wal));
  let pieces = 0;
  for (const key of (await source.store.list('wal/', rim)).keys()) {
    const piece = pieceOf(key);
    const place = piece && placeOf(piece.name);
    if (!piece || here.has(piece.name) || (place !== undefined && place < from.slice(8))) continue;
    await fetchPiece(join(wal, piece.name), key, piece, source, rim);
    pieces += 1;
  }
  return pieces;
}

async function fetchPiece(
  path: string,
  key: string,
  { name, sha256, sealed }: { name: string; sha256: string; sealed: boolean },
  { store, secretKey }: Source,
  rim: Rim,
): Promise<void> {
  const part = `${path}.part`;
  const plain = measured(plainForm(await store.get(key, rim), identityFor(sealed, secretKey)));
  const file = await open(part, 'w', 0o600);
  try {
    for await (const chunk of plain.chunks) await file.writeFile(chunk);
    await file.sync();
    if (plain.result().sha256 !== sha256) throw new Error('its checksum does not match');
  } catch (error) {
    await rm(part, { force: true });
    rim.signal.throwIfAborted();
    throw damaged(`Piece ${name} of the log`, error);
  } finally {
    await file.close();
  }
  await belongsLike(join(path, '..'), part);
  await publish(part, path);
}

function identityFor(sealed: boolean, secretKey: string | undefined): string | undefined {
  if (!sealed) return undefined;
  if (secretKey === undefined) throw new Error('it is encrypted, and REVIVER_SECRET_KEY is not set');
  return ageIdentity(secretKey);
}

/** The server's user must be able to read them, and root makes files of its own. */
async function belongsLike(folder: string, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  await chown(path, uid, gid);
  if (!(await stat(path)).isDirectory()) return;
  for (const name of await readdir(path, { recursive: true })) await chown(join(path, name), uid, gid);
}

function damaged(what: string, error: unknown): ActionError {
  if (error instanceof ActionError) return error;
  const why = error instanceof Error ? error.message : 'no reason given';
  return new ActionError(
    `${what} in the store cannot be used (${why}); it was not kept. What lies here is as it was. Try again, or an older one.`,
    { code: 'backup_damaged' },
  );
}
