import { hkdfSync } from 'node:crypto';
import { bech32 } from '@scure/base';

/**
 * The age identity (X25519) that belongs to REVIVER_SECRET_KEY (64 hex digits). Everything that Reviver encrypts on disk
 * opens with it, by Reviver and by the tool: `age -d -i identity.txt data.tar.age`.
 */
export function ageIdentity(secretKey: string): string {
  const bytes = hkdfSync('sha256', Buffer.from(secretKey, 'hex'), Buffer.alloc(0), 'reviver age identity 1', 32);
  return bech32.encodeFromBytes('AGE-SECRET-KEY-', new Uint8Array(bytes)).toUpperCase();
}
