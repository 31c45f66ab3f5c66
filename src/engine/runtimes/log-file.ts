import { open, stat } from 'node:fs/promises';

const MAX_BYTES = 256 * 1_024;

/** The last `count` lines of a file, of at most its last 256 KiB and not before `start`; none when there is no file. */
export async function lastLines(path: string, count: number, start = 0): Promise<string[]> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const from = Math.min(Math.max(start, size - MAX_BYTES), size);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/);
    return lines.filter((line) => line.trim() !== '').slice(-count);
  } finally {
    await file.close();
  }
}

/** Bytes in the file; 0 when there is none. */
export async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}
