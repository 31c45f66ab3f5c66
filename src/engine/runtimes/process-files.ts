import { chown, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ActionError } from '../actions/action.js';
import { syncFolder } from '../backups/durable-files.js';
import type { Captured } from '../snapshots/snapshot.js';

const FILES = 'files';
/** What was there before a restore, until the next one. */
const ASIDE = '.reviver-aside';

/** The files of a program's data folder. Those of one that runs may be of several moments: stop it where that matters. */
export async function captureFiles(dataDir: string, folder: string): Promise<Captured> {
  const files = (await readdir(dataDir).catch(() => [])).filter((name) => name !== ASIDE);
  for (const name of files)
    await cp(join(dataDir, name), join(folder, FILES, name), { recursive: true, preserveTimestamps: true });
  return { contents: [`${files.length} files and folders of ${dataDir}`], facts: { files: files.length } };
}

/**
 * Puts captured files into the data folder; what is there now is set aside in it. Copies first: until that is done, and
 * when it fails, nothing is changed. The program must be stopped.
 */
export async function restoreFiles(dataDir: string, folder: string): Promise<void> {
  const incoming = `${dataDir}.reviver-incoming`;
  const aside = join(dataDir, ASIDE);
  await rm(incoming, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  const { mode, uid, gid } = await stat(dataDir);
  await mkdir(incoming, { mode });
  try {
    const captured = await readdir(join(folder, FILES)).catch(() => []);
    for (const name of captured)
      await cp(join(folder, FILES, name), join(incoming, name), { recursive: true, preserveTimestamps: true });
    if (process.getuid?.() === 0) await own(incoming, uid, gid);
  } catch (error) {
    await rm(incoming, { recursive: true, force: true });
    throw new ActionError(`The files for ${dataDir} could not be copied (${text(error)}). Nothing was changed.`, {
      code: 'not_copied',
    });
  }
  await rm(aside, { recursive: true, force: true });
  const old = (await readdir(dataDir)).filter((name) => name !== ASIDE);
  await mkdir(aside);
  for (const name of old) await rename(join(dataDir, name), join(aside, name));
  for (const name of await readdir(incoming)) await rename(join(incoming, name), join(dataDir, name));
  await rm(incoming, { recursive: true, force: true });
  await syncFolder(dataDir);
  await syncFolder(dirname(dataDir));
}

/** A snapshot does not keep who owned the files: they belong to whoever owns the folder. */
async function own(folder: string, uid: number, gid: number): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) await chown(join(folder, name), uid, gid);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
