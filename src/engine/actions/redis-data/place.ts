import { chown, copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { publish, syncFolder, writeDurably } from '../../backups/durable-files.js';
import type { RedisLayout } from './layout.js';

/**
 * Makes a dump the data that Redis loads at its next start. Redis with `appendonly yes` ignores the dump: it finds an
 * empty folder of append-only files and starts EMPTY. There the dump also becomes the base of a new append-only set,
 * which Redis 7 reads as it is. The dump's own name comes last: once it is there, everything is.
 */
export async function placeDump(
  layout: RedisLayout,
  verifiedDump: string,
  form: 'dump' | 'append_folder' | 'append_file',
): Promise<void> {
  const { folder, appendFolder, appendFile } = layout;
  await ownLike(folder, verifiedDump);
  if (form === 'append_folder') await placeAppendFolder(folder, appendFolder, appendFile, verifiedDump);
  if (form === 'append_file') {
    const part = join(folder, `${appendFile}.part`);
    await copyWithOwner(folder, verifiedDump, part);
    await publish(part, join(folder, appendFile));
  }
  await publish(verifiedDump, join(folder, layout.dump));
}

/** Which files Redis will read, from its settings, or where those are not known from the files that it had. */
export function formFor(layout: RedisLayout, had: readonly string[]): 'dump' | 'append_folder' | 'append_file' {
  const [folder, file] = [had.includes(layout.appendFolder), had.includes(layout.appendFile)];
  if (layout.appendOnly === 'no' || (layout.appendOnly === 'unknown' && !folder && !file)) return 'dump';
  // Before Redis 7 there is one file, which may begin with a dump; Redis 7 takes such a file over.
  return file && !folder ? 'append_file' : 'append_folder';
}

async function placeAppendFolder(folder: string, name: string, stem: string, dump: string): Promise<void> {
  const part = join(folder, `${name}.part`);
  await rm(part, { recursive: true, force: true });
  await mkdir(part);
  await ownLike(folder, part);
  await copyWithOwner(folder, dump, join(part, `${stem}.1.base.rdb`));
  await writeDurably(join(part, `${stem}.manifest`), `file ${stem}.1.base.rdb seq 1 type b\n`);
  await ownLike(folder, join(part, `${stem}.manifest`));
  await rename(part, join(folder, name));
  await syncFolder(folder);
}

async function copyWithOwner(folder: string, source: string, target: string): Promise<void> {
  await copyFile(source, target);
  await ownLike(folder, target);
  const file = await open(target, 'r');
  await file.sync().finally(() => file.close());
}

/** Reviver may run as another user than Redis: what it puts there must be Redis's own. */
async function ownLike(folder: string, path: string): Promise<void> {
  const { uid, gid } = await stat(folder);
  const now = await stat(path);
  if (now.uid !== uid || now.gid !== gid) await chown(path, uid, gid);
}
