import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { isSignedBy, signAnchor } from '../../../../src/engine/audit/anchor.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const anchor = { seq: 12, hash: 'ab'.repeat(32), at: '2026-11-01T00:00:00.000Z' };

test('a signed anchor is known by its public key', () => {
  expect(isSignedBy(signAnchor(anchor, privateKey), publicKey)).toBe(true);
});

test.each([
  ['place', { seq: 13 }],
  ['hash', { hash: 'cd'.repeat(32) }],
  ['time', { at: '2026-11-02T00:00:00.000Z' }],
  ['signature', { signature: 'AAAA' }],
])('an anchor with another %s is refused', (_, change) => {
  expect(isSignedBy({ ...signAnchor(anchor, privateKey), ...change }, publicKey)).toBe(false);
});

test('an anchor signed by another key is refused', () => {
  const other = generateKeyPairSync('ed25519');
  expect(isSignedBy(signAnchor(anchor, other.privateKey), publicKey)).toBe(false);
});
