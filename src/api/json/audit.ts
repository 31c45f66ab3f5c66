import { z } from 'zod';
import type { SealedEntry } from '../../engine/audit/fact.js';

const known = z.string().nullable();
const exact = z.string().describe('ISO 8601 in UTC to the microsecond');

const entryJson = z.strictObject({
  seq: z.int().describe('Its place in the chain'),
  previous: z.string().describe('Hash of the entry before'),
  hash: z.string(),
  sealed_at: exact,
  event_id: z.string(),
  xid: z.string(),
  at: exact,
  who: z.string(),
  what: z.string(),
  recovery: known.describe('Such as R-12'),
  via: known.describe('Surface: slack, telegram, console, api, terminal, cli'),
  place: known.describe('Channel, address or host'),
  why: known,
  digest: known.describe('SHA-256 of the plan, the command or the file'),
  constitution: known,
  data: z.string().describe('JSON, as the database writes it'),
});

export const auditJson = z.strictObject({
  items: z.array(entryJson),
  next: z.string().nullable().describe('`cursor` of the next page; null at the end'),
});

export function toAuditJson({ seq, previous, hash, fact }: SealedEntry): z.infer<typeof entryJson> {
  return { seq, previous, hash, ...fact };
}
