import type { Pool } from 'pg';
import type { SignedAnchor } from '../../engine/audit/anchor.js';
import { rows } from '../query.js';

export interface StoredAnchor extends SignedAnchor {
  /** Fingerprint of the public key that knows its signature. */
  key: string;
}

export async function storeAnchor(pool: Pool, { seq, hash, at, signature, key }: StoredAnchor): Promise<void> {
  await rows(
    pool,
    'INSERT INTO audit.anchors (seq, hash, at, signature, key) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
    [seq, hash, at, signature, key],
  );
}

/** All of them, by the places that they hold. */
export async function storedAnchors(pool: Pool): Promise<StoredAnchor[]> {
  const found = await rows<Omit<StoredAnchor, 'seq'> & { seq: string }>(
    pool,
    'SELECT a.seq::text AS seq, a.hash, a.at, a.signature, a.key FROM audit.anchors a ORDER BY a.seq, a.at',
  );
  return found.map((anchor) => ({ ...anchor, seq: Number(anchor.seq) }));
}
