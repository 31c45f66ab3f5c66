import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import type { BackupRecord, DamagedBackup } from '../actions/action.js';
import { postgresBackupSchema } from '../actions/postgres-data/databases.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const schema = z
  .object({
    id: z.string().min(1),
    name: z.string().min(1),
    service: z.string().min(1),
    kind: z.enum(['redis', 'postgres', 'knowledge', 'configuration']),
    postgres: postgresBackupSchema.optional(),
    sha256,
    bytes: z.number().int().nonnegative(),
    sealed: z.object({ sha256, bytes: z.number().int().nonnegative() }).optional(),
    items: z.number().int().nonnegative(),
    createdAt: z.iso.datetime().transform((text) => new Date(text)),
  })
  .refine(({ kind, postgres }) => (kind === 'postgres' || kind === 'knowledge') === (postgres !== undefined));

export function manifestText({ file: _, proof: __, ...record }: BackupRecord): string {
  return `${JSON.stringify({ ...record, createdAt: record.createdAt.toISOString() }, null, 2)}\n`;
}

/** What a manifest says, or why it does not count. `dataFile`: without the end that an encrypted one has. The data's checksum is not compared here: that takes a full read. */
export async function readManifest(path: string, id: string, dataFile: string): Promise<BackupRecord | DamagedBackup> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.id !== id) return { id, reason: 'its manifest cannot be read' };
  const { sealed } = parsed.data;
  const file = sealed ? `${dataFile}.age` : dataFile;
  const wanted = (sealed ?? parsed.data).bytes;
  const bytes = await stat(file).then(
    (found) => found.size,
    () => undefined,
  );
  if (bytes === undefined) return { id, reason: 'its data file is missing' };
  if (bytes !== wanted) return { id, reason: `its data file has ${bytes} bytes instead of ${wanted}` };
  return { ...parsed.data, file };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
