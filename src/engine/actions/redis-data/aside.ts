import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../backups/durable-files.js';
import { readJournal, writeJournal } from './journal.js';

/** Folder of set-aside data below a service's data folder, named after the step that set it aside. */
export function asideName(runKey: string): string {
  return runKey.replaceAll('/', '_').replace(/[^\w.-]/g, '_');
}

export function asideFolder(dataFolder: string, name: string): string {
  return join(dataFolder, 'reviver-aside', name);
}

/**
 * Moves the present data files aside; nothing is ever deleted. Repeated after an interruption it tells the files from
 * before from those that the interrupted restore itself put there: the latter go to a folder of their own.
 */
export async function setAside(folder: string, aside: string, names: string[], backup: string): Promise<void> {
  const begun = await readJournal(aside);
  // A restore that was taken back is history: this one is a new one.
  if (begun?.state === 'returned') await rename(aside, `${aside}.returned-${Date.now()}`);
  await mkdir(aside, { recursive: true });
  await syncFolder(join(aside, '..'));
  const resumed = begun && begun.state !== 'returned';
  const had = resumed ? begun.had : await present(folder, names);
  await writeJournal(aside, { state: 'setting_aside', had, names, backup });
  const later = join(aside, `later-${Date.now()}`);
  for (const name of await present(folder, names)) {
    const original = had.includes(name) && !(await exists(join(aside, name)));
    await move(folder, original ? aside : later, name);
  }
}

/** Puts back what was there before, and nothing else; what is there now is kept in the folder `undone-...`. */
export async function putBack(folder: string, aside: string): Promise<string[]> {
  const journal = await readJournal(aside);
  if (!journal || journal.state === 'returned') return journal?.had ?? [];
  await writeJournal(aside, { ...journal, state: 'returning' });
  const undone = join(aside, `undone-${Date.now()}`);
  for (const name of journal.names) {
    const kept = await exists(join(aside, name));
    if ((kept || !journal.had.includes(name)) && (await exists(join(folder, name)))) await move(folder, undone, name);
    if (kept) await move(aside, folder, name);
  }
  await writeJournal(aside, { ...journal, state: 'returned' });
  return journal.had;
}

async function move(from: string, to: string, name: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await rename(join(from, name), join(to, name));
  await syncFolder(to);
  await syncFolder(from);
}

async function present(folder: string, names: string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => exists(join(folder, name))));
  return names.filter((_, index) => found[index]);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
