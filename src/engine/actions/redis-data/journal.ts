import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../backups/durable-files.js';

/**
 * What a restore has done so far, kept in the folder with the files that it set aside:
 *
 * setting_aside -> restored      by restore_backup; interrupted, it goes on from where it was
 * restored | setting_aside -> returning -> returned      by restore_previous, the same way
 */
const schema = z.object({
  state: z.enum(['setting_aside', 'restored', 'returning', 'returned']),
  /** Data files that were there before the restore: these and no others are put back. */
  had: z.array(z.string()),
  /** Data files that this kind of service may have. */
  names: z.array(z.string()),
  backup: z.string(),
});

export type AsideJournal = z.infer<typeof schema>;

/** undefined when nothing was ever set aside there. */
export async function readJournal(aside: string): Promise<AsideJournal | undefined> {
  const text = await readFile(join(aside, FILE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}

export async function writeJournal(aside: string, journal: AsideJournal): Promise<void> {
  await writeDurably(join(aside, FILE), `${JSON.stringify(journal, null, 2)}\n`);
}

const FILE = 'aside.json';
