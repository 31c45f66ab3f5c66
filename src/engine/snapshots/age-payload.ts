import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { begun, gathered } from '../backups/gathered.js';

/**
 * Files of age (https://age-encryption.org/v1): the library makes and opens the header, and what follows is encrypted by
 * Node's own cipher, several times faster than in JavaScript. Payload: a nonce of 16 bytes, then chunks of 64 KiB, each
 * under ChaCha20-Poly1305 with a counter; the last one, which may be shorter, is marked as such.
 */
const CHUNK_BYTES = 64 * 1_024;
const TAG_BYTES = 16;
const NONCE_BYTES = 16;
const CIPHER = 'chacha20-poly1305';

/** Loaded with the first file: with all its curves it takes 15 MB, and most workers never need it. */
const library = () => import('age-encryption');

export function encrypted(plain: AsyncIterable<Buffer>, identity: string): AsyncGenerator<Buffer> {
  return gathered(sealedChunks(begun(plain), identity));
}

async function* sealedChunks(plain: AsyncIterable<Buffer>, identity: string): AsyncGenerator<Buffer> {
  const { header, fileKey } = await newHeader(identity);
  const nonce = randomBytes(NONCE_BYTES);
  yield Buffer.concat([header, nonce]);
  const key = payloadKey(fileKey, nonce);
  for await (const { chunk, index, last } of inChunks(plain, CHUNK_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, counter(index, last), { authTagLength: TAG_BYTES });
    yield cipher.update(chunk);
    // Of a stream cipher nothing is left for the end.
    cipher.final();
    yield cipher.getAuthTag();
  }
}

/** Throws when it is for another identity, or when anything of it was changed or cut off. */
export function decrypted(sealed: AsyncIterable<Buffer>, identity: string): AsyncGenerator<Buffer> {
  return gathered(openedChunks(begun(sealed), identity));
}

async function* openedChunks(sealed: AsyncIterable<Buffer>, identity: string): AsyncGenerator<Buffer> {
  const { header, nonce, rest } = await readHeader(sealed);
  const { Decrypter } = await library();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const key = payloadKey(await decrypter.decryptHeader(header), nonce);
  for await (const { chunk, index, last } of inChunks(rest, CHUNK_BYTES + TAG_BYTES)) {
    if (last && index > 0 && chunk.length <= TAG_BYTES) throw new Error('the last chunk is empty');
    const decipher = createDecipheriv(CIPHER, key, counter(index, last), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(chunk.subarray(-TAG_BYTES));
    const plain = decipher.update(chunk.subarray(0, -TAG_BYTES));
    // Throws where the tag does not fit: before that nobody may see what came out.
    decipher.final();
    yield plain;
  }
}

/** The library encrypts nothing, and a recipient of ours is told the key that the header is about. */
async function newHeader(identity: string): Promise<{ header: Uint8Array; fileKey: Uint8Array }> {
  const { Encrypter, identityToRecipient } = await library();
  const told: Uint8Array[] = [];
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  encrypter.addRecipient({
    wrapFileKey(key) {
      told.push(key);
      return [];
    },
  });
  const empty = await encrypter.encrypt(new Uint8Array());
  const [fileKey] = told;
  if (!fileKey) throw new Error('the key of the file was not told');
  return { header: empty.subarray(0, empty.length - NONCE_BYTES - TAG_BYTES), fileKey };
}

const LONGEST_HEADER = 64 * 1_024;

/** A header ends with the line that begins with three hyphens. */
async function readHeader(
  sealed: AsyncIterable<Buffer>,
): Promise<{ header: Uint8Array; nonce: Buffer; rest: AsyncIterable<Buffer> }> {
  const chunks = sealed[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  for (;;) {
    const mark = head.indexOf('\n--- ');
    const end = mark < 0 ? -1 : head.indexOf('\n', mark + 1);
    if (end >= 0 && head.length >= end + 1 + NONCE_BYTES) {
      const after = end + 1 + NONCE_BYTES;
      const rest = followedBy(head.subarray(after), chunks);
      return { header: new Uint8Array(head.subarray(0, end + 1)), nonce: head.subarray(end + 1, after), rest };
    }
    const { value, done } = await chunks.next();
    if (done || head.length > LONGEST_HEADER) throw new Error('it has no header of age');
    head = Buffer.concat([head, value]);
  }
}

async function* followedBy(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  try {
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Pieces of exactly so many bytes; the last one has at least one, unless there is nothing at all. Only what spans two pieces of the source is copied. */
async function* inChunks(
  source: AsyncIterable<Buffer>,
  bytes: number,
): AsyncGenerator<{ chunk: Buffer; index: number; last: boolean }> {
  let held: Buffer = Buffer.alloc(0);
  let index = 0;
  for await (const piece of source) {
    if (held.length + piece.length <= bytes) {
      held = Buffer.concat([held, piece]);
      continue;
    }
    let from = 0;
    if (held.length > 0) {
      from = bytes - held.length;
      yield { chunk: Buffer.concat([held, piece.subarray(0, from)]), index, last: false };
      index += 1;
    }
    for (; piece.length - from > bytes; from += bytes, index += 1)
      yield { chunk: piece.subarray(from, from + bytes), index, last: false };
    held = piece.subarray(from);
  }
  yield { chunk: held, index, last: true };
}

function payloadKey(fileKey: Uint8Array, nonce: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

/** 11 bytes count, the twelfth says whether it is the last. */
function counter(index: number, last: boolean): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUIntBE(index, 5, 6);
  iv[11] = last ? 1 : 0;
  return iv;
}
