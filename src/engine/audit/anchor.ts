import { type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from '../planner/digest.js';
import type { ChainEnd } from './chain.js';

/** An end of the chain that stays when the links before it are removed. */
export interface Anchor extends ChainEnd {
  /** When it was signed, ISO 8601 in UTC. */
  at: string;
}

export interface SignedAnchor extends Anchor {
  /** Ed25519 over the canonical JSON of the rest, in base64. */
  signature: string;
}

export function signAnchor({ seq, hash, at }: Anchor, privateKey: KeyObject): SignedAnchor {
  return { seq, hash, at, signature: sign(null, signed({ seq, hash, at }), privateKey).toString('base64') };
}

export function isSignedBy({ signature, ...anchor }: SignedAnchor, publicKey: KeyObject): boolean {
  return verify(null, signed(anchor), publicKey, Buffer.from(signature, 'base64'));
}

/** `purpose` keeps a signature of this key from being used for anything else. */
function signed({ seq, hash, at }: Anchor): Buffer {
  return Buffer.from(canonicalJson({ purpose: 'reviver audit anchor', seq, hash, at }));
}
