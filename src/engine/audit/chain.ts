import { createHash } from 'node:crypto';
import type { JsonObject } from '../model/json.js';
import { canonicalJson } from '../planner/digest.js';

/** The last link of a chain: the next one is made from it. */
export interface ChainEnd {
  /** Counts from 1 without a gap; 0 where nothing is sealed yet. */
  seq: number;
  /** SHA-256, 64 hex digits. */
  hash: string;
}

/** One act with its place in the chain. */
export interface SealedFact extends ChainEnd {
  /** Hash of the link before. */
  previous: string;
  /** Every column of the row, each a JSON value: ids beyond 2^53 are strings. */
  fact: JsonObject;
}

export const BEGINNING: ChainEnd = { seq: 0, hash: '0'.repeat(64) };

/**
 * Seals facts in the order given, which must be the order of their commits: then no fact that is committed later
 * belongs before one that is sealed.
 */
export function seal(facts: readonly JsonObject[], after: ChainEnd): SealedFact[] {
  let end = after;
  return facts.map((fact) => {
    const unsealed = { seq: end.seq + 1, previous: end.hash, fact };
    const sealed = { ...unsealed, hash: linkHash(unsealed) };
    end = sealed;
    return sealed;
  });
}

/** SHA-256 (hex) over the canonical JSON (RFC 8785) of the place, the hash before and all of the fact. */
export function linkHash({ seq, previous, fact }: Omit<SealedFact, 'hash'>): string {
  return createHash('sha256').update(canonicalJson({ seq, previous, fact })).digest('hex');
}
