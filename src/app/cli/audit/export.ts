import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { beforeStretch, entriesAfter } from '../../../store/audit/entries.js';
import { WRITE } from '../../audit/export-format.js';
import type { ExportFlags } from './command.js';
import { withAudit } from './open.js';

/** Page by page, as fast as the reader takes it. */
export function exportCommand({ from, to, format }: ExportFlags, out: Writable): Promise<void> {
  return withAudit(async ({ pool, signal }) => {
    const { head, line } = WRITE[format];
    const after = await beforeStretch(pool, from);
    out.write(head);
    for await (const entry of entriesAfter(pool, after.seq, to, signal))
      if (!out.write(line(entry))) await once(out, 'drain', { signal });
  });
}
