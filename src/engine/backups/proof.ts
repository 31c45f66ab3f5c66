import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeDurably } from './durable-files.js';

const schema = z.object({
  outcome: z.enum(['restored', 'failed']),
  /** For people: `1,204 rows in 12 tables, as counted when it was made`, or what is wrong with it. */
  detail: z.string(),
  at: z.iso.datetime().transform((text) => new Date(text)),
  /** How long the restore took. */
  durationMs: z.number().int().nonnegative(),
});

/** What came of restoring a backup into a scratch server. Kept beside the backup: it is needed when the database is gone. */
export type BackupProof = z.output<typeof schema>;

export async function readProof(path: string): Promise<BackupProof | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export async function writeProof(path: string, proof: BackupProof): Promise<void> {
  await writeDurably(path, `${JSON.stringify({ ...proof, at: proof.at.toISOString() }, null, 2)}\n`);
}
