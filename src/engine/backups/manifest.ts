import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { BackupRecord, DamagedBackup } from '../actions/action.js';
import { postgresBackupSchema } from '../actions/postgres-data/databases.js';

const schema = z
  .object({
    id: z.string().min(1),
    name: z.string().min(1),
    service: z.string().min(1),
    kind: z.enum(['redis', 'postgres']),
    postgres: postgresBackupSchema.optional(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.number().int().nonnegative(),
    items: z.number().int().nonnegative(),
    createdAt: z.iso.datetime().transform((text) => new Date(text)),
  })
  .refine(({ kind, postgres }) => (kind === 'postgres') === (postgres !== undefined));

export function manifestText({ file: _, ...record }: BackupRecord): string {
  return `${JSON.stringify({ ...record, createdAt: record.createdAt.toISOString() }, null, 2)}\n`;
}

/** What a manifest says, or why it does not count. The data's checksum is not compared here: that takes a full read. */
export async function readManifest(path: string, id: string, dataFile: string): Promise<BackupRecord | DamagedBackup> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.id !== id) return { id, reason: 'its manifest cannot be read' };
  const bytes = await stat(dataFile).then(
    (found) => found.size,
    () => undefined,
  );
  if (bytes === undefined) return { id, reason: 'its data file is missing' };
  if (bytes !== parsed.data.bytes)
    return { id, reason: `its data file has ${bytes} bytes instead of ${parsed.data.bytes}` };
  return { ...parsed.data, file: dataFile };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
