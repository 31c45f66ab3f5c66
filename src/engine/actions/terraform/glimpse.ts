import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { count } from '../../health/words.js';
import { requireFolder } from './saved-plan.js';

const local = z.object({ serial: z.number(), resources: z.array(z.unknown()) });
const backend = z.object({ backend: z.object({ type: z.string() }) });

/** What can be seen of a configuration without starting a program: its files, and its state where that is a file beside them. */
export async function glimpse(dir: string): Promise<string> {
  await requireFolder(dir);
  const files = (await readdir(dir)).filter((name) => /\.tf(\.json)?$/.test(name));
  const remote = await read(join(dir, '.terraform', 'terraform.tfstate'), backend);
  if (remote && remote.backend.type !== 'local')
    return `${count(files.length, 'file')}; the state is in ${remote.backend.type}, which is not looked at`;
  const state = await read(join(dir, 'terraform.tfstate'), local);
  const known = state
    ? `${count(state.resources.length, 'resource')} in the state (serial ${state.serial})`
    : 'no state yet';
  return `${count(files.length, 'file')}, ${known}`;
}

async function read<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
