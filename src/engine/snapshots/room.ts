import { mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '../actions/action.js';
import { sizeInWords } from '../actions/docker/size.js';
import { errorCode } from '../processes/error-code.js';

/** What was captured lies on the disk twice for a moment: as it was written, and sealed. */
const TWICE = 2;
/** A disk that is filled to the brim breaks what else writes to it. */
const SPARE_BYTES = 64_000_000;

/** Bytes on the disk that keeping so much data takes, at most. */
export function roomFor(dataBytes: number): number {
  return dataBytes * TWICE + SPARE_BYTES;
}

/** Bytes that may still be written below a folder, which need not be there yet. */
export async function freeBytes(dir: string): Promise<number> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/** Refuses before anything is written. `what`: `A snapshot of redis`. */
export async function requireRoom(dir: string, dataBytes: number, what: string): Promise<void> {
  await requireFree(dir, roomFor(dataBytes), what);
}

/** The same for data that are only unpacked. */
export async function requireRoomToOpen(dir: string, dataBytes: number, what: string): Promise<void> {
  await requireFree(dir, dataBytes + SPARE_BYTES, what);
}

async function requireFree(dir: string, needed: number, what: string): Promise<void> {
  const free = await freeBytes(dir);
  if (free >= needed) return;
  throw new ActionError(
    `${what} may need ${sizeInWords(needed)} in ${dir}, and ${sizeInWords(free)} is free. Nothing was changed. Make room there, or point REVIVER_DATA at a bigger disk, and try again.`,
    { code: 'no_room', retryable: false, untouched: true, facts: { needed_bytes: needed, free_bytes: free } },
  );
}

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is mounted read-only',
};

/** What a write that failed means to people; other errors pass as they are. */
export function explainedWrite(error: unknown, dir: string, what: string): unknown {
  const reason = REASONS[errorCode(error) ?? ''];
  const elsewhere = pathOf(error) !== undefined && !pathOf(error)?.startsWith(dir);
  if (reason === undefined || elsewhere) return error;
  return new ActionError(
    `${what} could not be written to ${dir}: ${reason}. Nothing half-made is left, and the service was not touched.`,
    { code: 'not_written', retryable: false },
  );
}

function pathOf(error: unknown): string | undefined {
  const path = typeof error === 'object' && error !== null && 'path' in error ? error.path : undefined;
  return typeof path === 'string' ? path : undefined;
}

/** Bytes of all files below a folder; what vanishes meanwhile counts nothing. */
export async function bytesBelow(dir: string, signal: AbortSignal): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(dir, { recursive: true }).catch(() => [])) {
    signal.throwIfAborted();
    const found = await stat(join(dir, name)).catch(() => undefined);
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}
