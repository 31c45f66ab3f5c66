import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders with data that are not encrypted, which only a process that was killed leaves. */
const OURS = /^(opened|dump|rdb)-[A-Za-z0-9]{6}$/;

/** No work on a backup takes longer. */
const OLD_MS = 12 * 3_600_000;

/** Removes them. How many there were. */
export async function removeLeftovers(dataDir: string, now: Date): Promise<number> {
  let removed = 0;
  for (const dir of [dataDir, tmpdir()])
    for (const name of (await readdir(dir).catch(() => [])).filter((one) => OURS.test(one))) {
      const path = join(dir, name);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue;
      if (now.getTime() - found.mtimeMs < OLD_MS) continue;
      await rm(path, { recursive: true, force: true });
      removed += 1;
    }
  return removed;
}
