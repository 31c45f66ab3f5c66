import { existsSync } from 'node:fs';
import { chown, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { ActionError } from '../actions/action.js';
import { syncFolder } from '../backups/durable-files.js';
import { errorCode } from '../processes/error-code.js';
import type { Captured } from '../snapshots/snapshot.js';
import type { Overlay } from './runtime.js';

const FILES = 'files';
/** What was there before a restore, until the next one. */
const ASIDE = '.reviver-aside';

/** The files of a program's data folder. Those of one that runs may be of several moments: stop it where that matters. */
export async function captureFiles(
  dataDir: string,
  folder: string,
  signal: AbortSignal,
  without?: string,
): Promise<Captured> {
  if (without !== undefined && overlaps(dataDir, without)) return { contents: [], facts: {} };
  await mkdir(join(folder, FILES));
  const files = (await readdir(dataDir).catch(() => [])).filter((name) => name !== ASIDE);
  for (const name of files)
    await copied(join(dataDir, name), join(folder, FILES, name), signal).catch((error: unknown) => {
      throw unreadable(error, dataDir);
    });
  return { contents: [`${files.length} files and folders of ${dataDir}`], facts: { files: files.length } };
}

/**
 * Puts captured files into the data folder; what is there now is set aside in it. Copies first: until that is done, and
 * when it fails, nothing is changed. The program must be stopped.
 */
export async function restoreFiles(
  dataDir: string,
  folder: string,
  signal: AbortSignal,
  overlay?: Overlay,
): Promise<void> {
  // They were left out: what is there now stays.
  if (!existsSync(join(folder, FILES))) return;
  const incoming = `${dataDir}.reviver-incoming`;
  const aside = join(dataDir, ASIDE);
  await rm(incoming, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  const { mode, uid, gid } = await stat(dataDir);
  await mkdir(incoming, { mode });
  try {
    const captured = await readdir(join(folder, FILES)).catch(() => []);
    for (const name of captured) await copied(join(folder, FILES, name), join(incoming, name), signal);
    if (overlay) await copied(overlay.folder, join(incoming, relative(dataDir, overlay.at)), signal);
    if (process.getuid?.() === 0) await own(incoming, uid, gid);
  } catch (error) {
    await rm(incoming, { recursive: true, force: true });
    signal.throwIfAborted();
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

function overlaps(one: string, other: string): boolean {
  const inside = (path: string, folder: string): boolean => !relative(folder, path).startsWith('..');
  return inside(one, other) || inside(other, one);
}

function copied(from: string, to: string, signal: AbortSignal): Promise<void> {
  const filter = (): boolean => {
    signal.throwIfAborted();
    return true;
  };
  return cp(from, to, { recursive: true, preserveTimestamps: true, filter });
}

function unreadable(error: unknown, dataDir: string): unknown {
  if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') return error;
  return new ActionError(
    `Not all files in ${dataDir} can be read (${text(error)}). Nothing was kept, and the service was not touched: let Reviver's user read them.`,
    { code: 'not_readable', retryable: false },
  );
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
