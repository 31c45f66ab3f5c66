import { createHash } from 'node:crypto';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies in folders, as one text: names, modes and contents. Two that are alike had no effect in between. */
export async function folderPrint(folders: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isSymbolicLink()) lines.push(`${path} -> ${await readlink(path)}`);
      else if (entry.isFile()) lines.push(`${path} ${(await stat(path)).mode} ${sha256(await readFile(path))}`);
      else lines.push(path);
    }
  }
  return lines.sort().join('\n');
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
