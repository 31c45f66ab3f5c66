import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../engine/model/errors.js';
import { errorCode } from '../../engine/processes/error-code.js';

/** Nobody holds the lock longer than it takes to write a small file; an older one was left by a process that died. */
const STALE_MS = 5_000;
const PATIENCE_MS = 15_000;

/**
 * Changes a small private file so that processes which do it at once lose nothing, and readers see the old or the new
 * content, never a half. The file has mode 0600.
 * @param change gets the present content, undefined when there is no file, and gives the new one; may throw
 */
export async function changeFile(file: string, change: (content: string | undefined) => string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const unlock = await lock(`${file}.lock`);
  try {
    await replace(file, change(await readIfThere(file)));
  } finally {
    await unlock();
  }
}

export async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UserError('unavailable', `${file} cannot be read (${error.code}).`);
  });
}

async function replace(file: string, content: string): Promise<void> {
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  const handle = await open(aside, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, file);
}

/** A lock is a file that only one can create. */
async function lock(path: string): Promise<() => Promise<void>> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await tryLock(path))) {
    if (Date.now() > deadline)
      throw new UserError('unavailable', `Another process holds ${path}. Nothing was changed; try again.`);
    await breakStale(path);
    await sleep(10 + Math.random() * 20);
  }
  return () => rm(path, { force: true });
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Renamed before it is removed: of two that find the same stale lock, one breaks it, and a fresh one is not hit. */
async function breakStale(path: string): Promise<void> {
  const seen = await stat(path).catch(() => undefined);
  if (!seen || Date.now() - seen.mtimeMs < STALE_MS) return;
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  await rename(path, aside).catch(() => {});
  await rm(aside, { force: true });
}
