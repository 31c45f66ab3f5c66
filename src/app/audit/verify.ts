import type { KeyObject } from 'node:crypto';
import { BEGINNING, type ChainEnd } from '../../engine/audit/chain.js';
import { type Break, verifyChain } from '../../engine/audit/verify-chain.js';
import { firstDifference } from '../../store/audit/against-events.js';
import { type StoredAnchor, storedAnchors } from '../../store/audit/anchors.js';
import { beforeStretch, entriesAfter, lastBefore, type Stretch } from '../../store/audit/entries.js';
import type { Pool } from '../../store/pool.js';
import { checkAnchors } from './check-anchors.js';

/** What is wrong: a break of the chain, an anchor that nobody signed, or an event that the audit tells otherwise. */
export type Fault =
  | { seq: number; how: Break }
  | { seq: number; how: 'anchor_forged' | 'anchor_missing' }
  | { event: string; how: 'event_differs' | 'event_missing' | 'not_sealed' };

export interface AuditReport {
  /** Entries whose hashes were computed anew. */
  entries: number;
  /** The place that the first of them was compared with. */
  after: ChainEnd;
  end: ChainEnd;
  sound: number;
  /** Signed by keys that were not given. */
  unknown: StoredAnchor[];
  fault: Fault | undefined;
}

export interface VerifyOptions extends Stretch {
  keys: readonly KeyObject[];
  /** Kept outside: they hold whatever the database says. */
  outside?: readonly StoredAnchor[];
  signal: AbortSignal;
}

/** Computes every hash of a stretch of the chain anew, and names the first thing that is wrong. Changes nothing. */
export async function verifyAudit(pool: Pool, options: VerifyOptions): Promise<AuditReport> {
  const { from, to, signal } = options;
  const anchors = checkAnchors([...(await storedAnchors(pool)), ...(options.outside ?? [])], options.keys);
  const after = await beforeStretch(pool, from);
  const last = to ? await lastBefore(pool, to) : Number.POSITIVE_INFINITY;
  const known = anchors.sound.filter(({ seq }) => seq <= last);
  let entries = 0;
  async function* counted() {
    for await (const entry of entriesAfter(pool, after.seq, to, signal)) {
      entries += 1;
      yield entry;
    }
  }
  const verdict = await verifyChain(counted(), after, known);
  const report = { entries, after, sound: anchors.sound.length, unknown: anchors.unknown };
  if (!verdict.intact) return { ...report, end: after, fault: { seq: verdict.seq, how: verdict.how } };
  const fault = beginningFault(after, from, anchors) ?? (await firstDifference(pool, after.seq, verdict.end.seq));
  return { ...report, end: verdict.end, fault };
}

/** A chain that begins later than at its beginning must begin where somebody signed that it was cut. */
function beginningFault(
  after: ChainEnd,
  from: Date | undefined,
  { sound, forged }: ReturnType<typeof checkAnchors>,
): Fault | undefined {
  const [bad] = forged;
  if (bad) return { seq: bad.seq, how: 'anchor_forged' };
  const wrong = sound.find(({ seq, hash }) => seq === after.seq && hash !== after.hash);
  if (wrong) return { seq: wrong.seq, how: 'rewritten' };
  const cut = from === undefined && after.seq !== BEGINNING.seq;
  if (cut && !sound.some(({ seq }) => seq === after.seq)) return { seq: after.seq, how: 'anchor_missing' };
  if (after.seq === BEGINNING.seq && after.hash !== BEGINNING.hash) return { seq: 1, how: 'rewritten' };
  return undefined;
}
