import { lstat, opendir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskFolder } from '../../model/service.js';
import { ActionError } from '../action.js';
import { noFolder } from './room.js';

export interface DiskFile {
  path: string;
  bytes: number;
  changedAt: number;
  /** Its file system and number: with both it is known again. */
  key: string;
}

/** More files than anybody wants to wait for. */
const MOST_FILES = 200_000;

/** What may go: files whose own name fits, older than declared; the oldest first. */
export async function removable(declared: DiskFolder, nowMs: number, signal: AbortSignal): Promise<DiskFile[]> {
  const fits = declared.remove.map(patternOf);
  const found: DiskFile[] = [];
  for await (const file of filesBelow(declared.folder, signal)) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    if (file.changedAt <= nowMs - declared.olderThanMs && fits.some((pattern) => pattern.test(name))) found.push(file);
  }
  return found.sort((one, other) => one.changedAt - other.changedAt);
}

/** The biggest files, for people who have to decide what else may go. */
export async function biggest(folder: string, most: number, signal: AbortSignal): Promise<DiskFile[]> {
  const found: DiskFile[] = [];
  for await (const file of filesBelow(folder, signal)) {
    found.push(file);
    found.sort((one, other) => other.bytes - one.bytes).splice(most);
  }
  return found;
}

/**
 * Plain files below a folder, on its own file system alone. A link is never followed, and a folder that is itself one is
 * refused: what is declared is what is meant.
 */
async function* filesBelow(folder: string, signal: AbortSignal): AsyncGenerator<DiskFile> {
  const real = await realpath(folder).catch(() => {
    throw noFolder(folder);
  });
  if (real !== folder)
    throw new ActionError(
      `${folder} leads to ${real} by a link. Nothing was changed; name the folder itself under disk of the service.`,
      { code: 'linked_folder', retryable: false },
    );
  const { dev } = await lstat(folder);
  const waiting = [folder];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    signal.throwIfAborted();
    const entries = await opendir(next).catch(() => undefined);
    if (!entries) continue;
    for await (const entry of entries) {
      const path = join(next, entry.name);
      const found = await lstat(path).catch(() => undefined);
      if (!found || found.dev !== dev) continue;
      if (found.isDirectory()) waiting.push(path);
      if (!found.isFile()) continue;
      seen += 1;
      if (seen > MOST_FILES) return;
      yield { path, bytes: found.blocks * 512, changedAt: found.mtimeMs, key: `${found.dev}:${found.ino}` };
    }
  }
}

/** `*` is any text without a slash, `?` one character; all else is itself. */
function patternOf(glob: string): RegExp {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*/g, '[^/]*').replace(/\?/g, '[^/]')}$`);
}
