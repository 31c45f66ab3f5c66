import type { SealedEntry } from '../../engine/audit/fact.js';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const CSV_COLUMNS = [
  'seq',
  'previous',
  'hash',
  'sealed_at',
  'event_id',
  'xid',
  'at',
  'who',
  'what',
  'recovery',
  'via',
  'place',
  'why',
  'digest',
  'constitution',
  'data',
] as const;

/** An entry as one record of a file, with the end of its line; from it the entry can be verified offline. */
export const WRITE: Record<ExportFormat, { head: string; line(entry: SealedEntry): string }> = {
  jsonl: {
    head: '',
    line: ({ seq, previous, hash, fact }) => `${JSON.stringify({ seq, previous, hash, fact })}\n`,
  },
  csv: {
    head: `${CSV_COLUMNS.join(',')}\n`,
    line: ({ seq, previous, hash, fact }) => {
      const values = { ...fact, seq: String(seq), previous, hash };
      return `${CSV_COLUMNS.map((column) => cell(values[column])).join(',')}\n`;
    },
  },
};

/** Text is always quoted, so that nothing (null) is not the empty text. */
function cell(value: string | null): string {
  return value === null ? '' : `"${value.replaceAll('"', '""')}"`;
}
