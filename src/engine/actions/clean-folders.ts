import { lstat, realpath, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { count, failureInWords } from '../health/words.js';
import type { DiskFolder } from '../model/service.js';
import { errorCode } from '../processes/error-code.js';
import { type ActionContext, ActionError } from './action.js';
import { NOBODY_LOOKED } from './before.js';
import { free } from './check-disk.js';
import { defineAction } from './define-action.js';
import { type DiskFile, removable } from './disk/files.js';
import { openFiles } from './disk/open-files.js';
import { declared, missingBytes, roomInWords, roomOf } from './disk/room.js';
import { sizeInWords } from './docker/size.js';
import { serviceName } from './fields.js';

const input = z.strictObject({
  service: serviceName,
  /** Of each folder no more is removed than this takes; absent: all that may go. */
  free: free.optional(),
});

export const cleanFolders = defineAction({
  name: 'clean_folders',
  description: 'Removes old files that a service has declared under disk, the oldest first; nothing else, ever.',
  version: 1,
  input,
  shorthand: 'service',
  risk: 0.3,
  // What is gone is not removed twice.
  idempotent: true,
  timeoutMs: 10 * 60_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Remove old files of ${service}`,

  look: async ({ service }, ctx) => ({ files: (await all(service, ctx)).length }),

  async run({ service, free: wanted }, ctx) {
    const held = await openFiles();
    const gone: DiskFile[] = [];
    let inUse = 0;
    for (const folder of declared(ctx.service(service))) {
      const room = await roomOf(folder, ctx.signal);
      let missing = wanted === undefined ? Number.POSITIVE_INFINITY : missingBytes(room, wanted);
      for (const file of await removable(folder, ctx.now().getTime(), ctx.signal)) {
        if (missing <= 0) break;
        ctx.signal.throwIfAborted();
        if (held.has(file.key)) inUse += 1;
        else if (await removed(file, folder, gone)) {
          gone.push(file);
          missing -= file.bytes;
        }
      }
    }
    const freed = sum(gone);
    return {
      summary: `${count(gone.length, 'file')} removed, ${sizeInWords(freed)} freed${inUse > 0 ? `; ${inUse} more are in use and stay` : ''}`,
      removed: gone.slice(0, 50).map(({ path }) => path),
      files: gone.length,
      freed_bytes: freed,
    };
  },

  async probe({ service }, before, ctx) {
    if (typeof before.files !== 'number') return { outcome: 'unknown', evidence: NOBODY_LOOKED };
    const left = (await all(service, ctx)).length;
    return {
      outcome: 'not_done',
      evidence: `${left} of ${before.files} files that may go are there; the rest can be removed again`,
    };
  },

  async preview({ service, free: wanted }, ctx) {
    const folders = declared(ctx.service(service));
    const lines = await Promise.all(folders.map((folder) => foreseen(folder, wanted, ctx)));
    return `would remove ${lines.join('; ')}`;
  },
});

async function all(service: string, { service: find, now, signal }: ActionContext): Promise<DiskFile[]> {
  const each = declared(find(service)).map((folder) => removable(folder, now().getTime(), signal));
  return (await Promise.all(each)).flat();
}

async function foreseen(
  folder: DiskFolder,
  wanted: string | number | undefined,
  { now, signal }: ActionContext,
): Promise<string> {
  const [room, files] = [await roomOf(folder, signal), await removable(folder, now().getTime(), signal)];
  const names = files.slice(0, 3).map(({ path }) => path.slice(folder.folder.length + 1));
  const list = names.length > 0 ? `: ${names.join(', ')}${files.length > 3 ? ' and more' : ''}` : '';
  const most = wanted === undefined ? '' : `, the oldest first, until ${wanted} is free`;
  return `${count(files.length, 'file')}, ${sizeInWords(sum(files))}${most}${list} (${roomInWords(room)})`;
}

/** A name may mean another file, or lead elsewhere, since it was found: then it stays. */
async function removed({ path, key }: DiskFile, { folder }: DiskFolder, gone: readonly DiskFile[]): Promise<boolean> {
  try {
    const [found, parent] = [await lstat(path), await realpath(dirname(path))];
    if (`${found.dev}:${found.ino}` !== key || !`${parent}/`.startsWith(`${folder}/`)) return false;
    await unlink(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw new ActionError(
      `${path} could not be removed: ${failureInWords(error)}. ${count(gone.length, 'file')} before it are gone, ${sizeInWords(sum(gone))} freed; let Reviver's user write there.`,
      { code: 'not_removed' },
    );
  }
}

function sum(files: readonly DiskFile[]): number {
  return files.reduce((bytes, file) => bytes + file.bytes, 0);
}
