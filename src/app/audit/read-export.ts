import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { SealedEntry } from '../../engine/audit/fact.js';
import { UserError } from '../../engine/model/errors.js';
import { csvRecords } from './csv-records.js';
import { CSV_COLUMNS } from './export-format.js';

const text = z.string();
const known = z.string().nullable();

const factSchema = z.strictObject({
  sealed_at: text,
  event_id: text,
  xid: text,
  at: text,
  who: text,
  what: text,
  recovery: known,
  via: known,
  place: known,
  why: known,
  digest: known,
  constitution: known,
  data: text,
});
const entrySchema = z.strictObject({ seq: z.int(), previous: text, hash: text, fact: factSchema });
const csvSchema = factSchema.extend({ seq: z.coerce.number().int(), previous: text, hash: text });

/** Entries of a file that `reviver audit export` wrote, in either format. Throws `UserError` with the line that is none. */
export async function* readExport(file: string): AsyncGenerator<SealedEntry> {
  const input = createReadStream(file, 'utf8');
  try {
    yield* file.endsWith('.csv') ? fromCsv(input, file) : fromLines(input, file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('unavailable', `${file} cannot be read: ${error instanceof Error ? error.message : error}.`);
  } finally {
    input.destroy();
  }
}

async function* fromLines(input: NodeJS.ReadableStream, file: string): AsyncGenerator<SealedEntry> {
  let line = 0;
  for await (const record of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    const parsed = entrySchema.safeParse(json(record));
    if (!parsed.success) throw noEntry(file, line);
    yield parsed.data;
  }
}

async function* fromCsv(input: AsyncIterable<string>, file: string): AsyncGenerator<SealedEntry> {
  let record = 0;
  for await (const cells of csvRecords(input)) {
    record += 1;
    if (record === 1) {
      if (cells.join() !== CSV_COLUMNS.join()) throw noEntry(file, record);
      continue;
    }
    const named = CSV_COLUMNS.map((column, n) => [column, cells[n] ?? null]);
    const parsed = csvSchema.safeParse(Object.fromEntries(named));
    if (!parsed.success || cells.length !== CSV_COLUMNS.length) throw noEntry(file, record);
    const { seq, previous, hash, ...fact } = parsed.data;
    yield { seq, previous, hash, fact };
  }
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function noEntry(file: string, line: number): UserError {
  return new UserError(
    'invalid_input',
    `${file}, record ${line}: this is no entry as "reviver audit export" writes it (.jsonl or .csv). The file was changed, or is another one.`,
  );
}
