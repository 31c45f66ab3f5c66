import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sizeInWords } from '../actions/docker/size.js';

/** How much there is of something: files, folders and links, and the bytes in its files. */
export const tallySchema = z.object({ entries: z.number().int(), bytes: z.number().int() });
export type Tally = z.output<typeof tallySchema>;

export async function tallyOfFolder(folder: string, signal: AbortSignal): Promise<Tally> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const one of found) {
    signal.throwIfAborted();
    if (one.isFile()) bytes += (await stat(join(one.parentPath, one.name))).size;
  }
  return { entries: found.length, bytes };
}

/** Counts a tar that passes, piece by piece. */
export async function tarTally(): Promise<{ see(piece: Buffer): void; end(): Tally }> {
  const { Parser } = await import('tar');
  const tally = { entries: 0, bytes: 0 };
  const parser = new Parser({
    onReadEntry(entry) {
      tally.entries += 1;
      tally.bytes += entry.size;
      entry.resume();
    },
  });
  // What it cannot read it does not count, and the other side of the comparison says so.
  parser.on('error', () => {});
  return {
    see: (piece) => void parser.write(piece),
    end() {
      parser.end();
      return { ...tally };
    },
  };
}

export function sameTally(one: Tally, other: Tally): boolean {
  return one.entries === other.entries && one.bytes === other.bytes;
}

/** `1,204 entries, 12.4 MB` */
export function tallyInWords({ entries, bytes }: Tally): string {
  return `${entries === 1 ? '1 entry' : `${entries.toLocaleString('en')} entries`}, ${sizeInWords(bytes)}`;
}
