import type { KeyObject } from 'node:crypto';
import { isSignedBy } from '../../engine/audit/anchor.js';
import type { StoredAnchor } from '../../store/audit/anchors.js';
import { fingerprint } from './signing-key.js';

export interface CheckedAnchors {
  /** Their signature holds. */
  sound: StoredAnchor[];
  /** Signed by a key that was not given: nothing can be said of them. */
  unknown: StoredAnchor[];
  /** They name a key that was given, which has not signed this. */
  forged: StoredAnchor[];
}

export function checkAnchors(anchors: readonly StoredAnchor[], keys: readonly KeyObject[]): CheckedAnchors {
  const byPrint = new Map(keys.map((key) => [fingerprint(key), key]));
  const checked: CheckedAnchors = { sound: [], unknown: [], forged: [] };
  for (const anchor of anchors) {
    const key = byPrint.get(anchor.key);
    if (!key) checked.unknown.push(anchor);
    else if (isSignedBy(plain(anchor), key)) checked.sound.push(anchor);
    else checked.forged.push(anchor);
  }
  return checked;
}

/** What was signed, and the signature: the fingerprint is no part of it. */
function plain({ seq, hash, at, signature }: StoredAnchor) {
  return { seq, hash, at, signature };
}
