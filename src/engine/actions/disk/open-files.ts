import { readdir, stat } from 'node:fs/promises';
import { listPids } from '../../processes/proc.js';

/**
 * Files that a process of this machine holds open, as `device:inode`: removing one frees nothing until it is closed, and
 * takes it from whoever writes it. Of processes of other users only root sees them; where there is no /proc, none is seen.
 */
export async function openFiles(): Promise<ReadonlySet<string>> {
  const open = new Set<string>();
  for (const pid of await listPids()) {
    const folder = `/proc/${pid}/fd`;
    for (const name of await readdir(folder).catch(() => [])) {
      const found = await stat(`${folder}/${name}`).catch(() => undefined);
      if (found?.isFile()) open.add(`${found.dev}:${found.ino}`);
    }
  }
  return open;
}
