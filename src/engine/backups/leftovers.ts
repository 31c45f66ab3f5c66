import { tmpdir } from 'node:os';
import { removeAbandoned } from '../processes/own-folder.js';

/** Removes folders with data that are not encrypted, which only a process that was killed leaves. How many there were. */
export async function removeLeftovers(dataDir: string, now: Date): Promise<number> {
  let removed = 0;
  for (const dir of [dataDir, tmpdir()]) removed += await removeAbandoned(dir, now);
  return removed;
}
