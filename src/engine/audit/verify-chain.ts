import { type ChainEnd, linkHash, type SealedFact } from './chain.js';

/**
 * What a first broken link looks like. A row with another's content is `edited`; `rewritten` is a link that does not
 * follow the one before it, though both have hashes of their own: one of the two was hashed anew.
 */
export type Break = 'edited' | 'missing' | 'inserted' | 'out_of_order' | 'rewritten';

export type Verdict = { intact: true; end: ChainEnd } | { intact: false; seq: number; how: Break };

/**
 * Reads links one by one, from the one behind `after`, and names the first that is broken.
 *
 * `known` are ends as they are known from elsewhere, such as signed anchors: without one, links cut off at the end
 * cannot be seen. A chain that somebody hashed anew from some link on is found by the first known end behind it.
 */
export async function verifyChain(
  links: AsyncIterable<SealedFact> | Iterable<SealedFact>,
  after: ChainEnd,
  known: readonly ChainEnd[] = [],
): Promise<Verdict> {
  const hashes = new Map(known.map(({ seq, hash }) => [seq, hash]));
  const until = Math.max(0, ...hashes.keys());
  let end = after;
  let gapAt: number | undefined;
  for await (const link of links) {
    if (gapAt !== undefined) {
      if (link.seq === gapAt) return broken(gapAt, 'out_of_order');
      continue;
    }
    if (link.seq > end.seq + 1) {
      gapAt = end.seq + 1;
      continue;
    }
    const how = faultOf(link, end);
    if (how) return broken(link.seq, how);
    if ((hashes.get(link.seq) ?? link.hash) !== link.hash) return broken(link.seq, 'rewritten');
    end = { seq: link.seq, hash: link.hash };
  }
  if (gapAt !== undefined) return broken(gapAt, 'missing');
  if (until > end.seq) return broken(end.seq + 1, 'missing');
  return { intact: true, end };
}

function faultOf(link: SealedFact, end: ChainEnd): Break | undefined {
  if (link.hash !== linkHash(link)) return 'edited';
  if (link.seq !== end.seq + 1) return 'inserted';
  return link.previous === end.hash ? undefined : 'rewritten';
}

function broken(seq: number, how: Break): Verdict {
  return { intact: false, seq, how };
}
