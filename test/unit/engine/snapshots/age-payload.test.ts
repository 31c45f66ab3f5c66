import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { ageIdentity } from '../../../../src/engine/snapshots/age-key.js';
import { decrypted, encrypted } from '../../../../src/engine/snapshots/age-payload.js';

const identity = ageIdentity('11'.repeat(32));
const CHUNK = 65_536;

async function* pieces(data: Uint8Array, bytes = 10_000): AsyncGenerator<Buffer> {
  for (let from = 0; from < data.length; from += bytes) yield Buffer.from(data.subarray(from, from + bytes));
}

async function all(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])(
  '%i bytes are sealed as the library of age seals them, and opened as it opens them',
  async (bytes) => {
    const plain = randomBytes(bytes);
    const ours = await all(encrypted(pieces(plain), identity));
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.from(await decrypter.decrypt(new Uint8Array(ours))).equals(plain)).toBe(true);
    expect((await all(decrypted(pieces(ours, 70_001), identity))).equals(plain)).toBe(true);
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const theirs = await encrypter.encrypt(new Uint8Array(plain));
    expect((await all(decrypted(pieces(theirs), identity))).equals(plain)).toBe(true);
  },
);

test('what was cut off, also at the border of a chunk, changed or lengthened does not open', async () => {
  const sealed = await all(encrypted(pieces(randomBytes(2 * CHUNK)), identity));
  const changed = Buffer.from(sealed);
  changed[sealed.length - 1] = (changed[sealed.length - 1] ?? 0) ^ 1;
  const whole = CHUNK + 16;
  for (const bad of [sealed.subarray(0, -1), sealed.subarray(0, -whole), changed, Buffer.concat([sealed, sealed])])
    await expect(all(decrypted(pieces(bad), identity))).rejects.toThrow();
});

test('another identity opens nothing, and what is no file of age says so', async () => {
  const sealed = await all(encrypted(pieces(randomBytes(10)), identity));
  await expect(all(decrypted(pieces(sealed), ageIdentity('22'.repeat(32))))).rejects.toThrow(/identity/);
  await expect(all(decrypted(pieces(Buffer.from('something else')), identity))).rejects.toThrow('no header of age');
});
