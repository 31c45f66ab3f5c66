import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Proves that a message in Redis was written by a process of this installation. Its key lies in Postgres, so that whoever
 * can write to Redis alone cannot make a proof; a message that is late, doubled, or older than what the database was
 * restored from still has its own.
 */
export interface Seal {
  /** Of the key. Names in Redis carry it, so that nobody reads what was sealed with another key, or before there was one. */
  id: string;
  /** @param what all that must not be changed */
  proof(...what: readonly string[]): string;
  holds(proof: string, ...what: readonly string[]): boolean;
}

export function createSeal(key: Buffer): Seal {
  const mac = (what: readonly string[]) => createHmac('sha256', key).update(JSON.stringify(what)).digest();
  return {
    id: createHash('sha256').update('reviver seal ').update(key).digest('hex').slice(0, 8),
    proof: (...what) => mac(what).toString('base64url'),
    holds(proof, ...what) {
      const given = Buffer.from(proof, 'base64url');
      const right = mac(what);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
