import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type OwnFolderKind, removeAbandoned } from '../processes/own-folder.js';

/** Of the folder that a process has beside a snapshot from before its data appear until its manifest is there. */
export const TAKING: OwnFolderKind = 'taking';

const ENDS = /\.(tar\.age|json\.part|proof|proof\.part)$/;

/**
 * Removes what processes that died have left in the folder of a service: open data, and files without the manifest that
 * makes a snapshot of them. While a living process takes one there, nobody can tell whose such a file is: the next sweep
 * can. Names of the files that went.
 */
export async function sweepOrphans(folder: string): Promise<string[]> {
  await removeAbandoned(folder, new Date());
  const files = await readdir(folder).catch(() => []);
  // Looked at after the files, and before the manifests: who had written data by then was here, or is done.
  const taking = (await readdir(folder).catch(() => [])).some((name) => name.startsWith(`${TAKING}-`));
  if (taking) return [];
  const orphans = files.filter((file) => ENDS.test(file) && !existsSync(join(folder, `${idOf(file)}.json`)));
  for (const file of orphans) await rm(join(folder, file), { force: true });
  return orphans;
}

function idOf(file: string): string {
  return basename(file).replace(ENDS, '');
}
