import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of package.json, both for the sources and for what is built from them. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name }: { name?: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (name === 'reviver') return folder;
    } catch {
      // Not here: look above.
    }
  }
  throw new Error('package.json of reviver was not found');
}

export function packageVersion(): string {
  const { version }: { version?: string } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  return version ?? '0.0.0';
}
