import { signAnchor } from '../../engine/audit/anchor.js';
import type { ChainEnd } from '../../engine/audit/chain.js';
import { type StoredAnchor, storeAnchor } from '../../store/audit/anchors.js';
import { chainEnd } from '../../store/audit/entries.js';
import { dropMonth, expiredMonths } from '../../store/audit/months.js';
import type { Pool } from '../../store/pool.js';
import { fingerprint, type SigningKey } from './signing-key.js';

/** Signs the end of the chain, and keeps that; undefined where nothing is sealed. */
export async function anchorNow(pool: Pool, key: SigningKey): Promise<StoredAnchor | undefined> {
  const end = await chainEnd(pool);
  return end && (await anchorAt(pool, end, key));
}

/** Drops months that are older than their retention, each after its end was signed and the anchor stored. */
export async function dropOldMonths(
  pool: Pool,
  monthsKept: number,
  key: SigningKey,
  signal: AbortSignal,
): Promise<string[]> {
  const dropped: string[] = [];
  for (const { name, end } of await expiredMonths(pool, monthsKept)) {
    signal.throwIfAborted();
    if (end) await anchorAt(pool, end, key);
    await dropMonth(pool, name);
    dropped.push(name);
  }
  return dropped;
}

async function anchorAt(pool: Pool, { seq, hash }: ChainEnd, key: SigningKey): Promise<StoredAnchor> {
  const signed = signAnchor({ seq, hash, at: new Date().toISOString() }, key.privateKey);
  const anchor = { ...signed, key: fingerprint(key.publicKey) };
  await storeAnchor(pool, anchor);
  return anchor;
}
