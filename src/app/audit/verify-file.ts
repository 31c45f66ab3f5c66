import type { KeyObject } from 'node:crypto';
import { BEGINNING, type ChainEnd, type SealedFact } from '../../engine/audit/chain.js';
import { verifyChain } from '../../engine/audit/verify-chain.js';
import type { StoredAnchor } from '../../store/audit/anchors.js';
import { checkAnchors } from './check-anchors.js';
import type { AuditReport } from './verify.js';

/**
 * The same of exported entries, without a database. They may begin anywhere; of anchors that lie behind their end nothing is
 * said, since a file may be a part.
 */
export async function verifyFile(
  links: AsyncIterable<SealedFact>,
  { keys, outside }: { keys: readonly KeyObject[]; outside: readonly StoredAnchor[] },
): Promise<AuditReport> {
  const { sound, unknown, forged } = checkAnchors(outside, keys);
  const read = links[Symbol.asyncIterator]();
  const first = await read.next();
  const nothing = { entries: 0, after: BEGINNING, end: BEGINNING, sound: sound.length, unknown };
  if (first.done) return { ...nothing, fault: undefined };
  const after: ChainEnd = { seq: first.value.seq - 1, hash: first.value.previous };
  const signed = new Map(sound.map(({ seq, hash }) => [seq, hash]));
  let entries = 0;
  let rewritten: number | undefined;
  async function* all() {
    for (let next = first; !next.done; next = await read.next()) {
      const { seq, hash } = next.value;
      entries += 1;
      if ((signed.get(seq) ?? hash) !== hash) rewritten ??= seq;
      yield next.value;
    }
  }
  const verdict = await verifyChain(all(), after);
  const report = { ...nothing, entries, after };
  if (!verdict.intact) return { ...report, fault: { seq: verdict.seq, how: verdict.how } };
  if (rewritten !== undefined) return { ...report, fault: { seq: rewritten, how: 'rewritten' } };
  const [bad] = forged;
  if (bad) return { ...report, fault: { seq: bad.seq, how: 'anchor_forged' } };
  return { ...report, end: verdict.end, fault: undefined };
}
