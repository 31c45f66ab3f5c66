import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { create, extract } from 'tar';

export interface Sealed {
  /** Of the encrypted file. */
  sha256: string;
  bytes: number;
}

/** Packs a folder into one encrypted file (tar, then age) that is on the disk when this resolves. */
export async function seal(folder: string, file: string, identity: string, signal: AbortSignal): Promise<Sealed> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const packed = Readable.from(create({ cwd: folder, portable: true, noMtime: false }, ['.']));
  const encrypted = await encrypter.encrypt(webStream(packed));
  const hash = createHash('sha256');
  let bytes = 0;
  const target = await open(file, 'w', 0o600);
  try {
    for await (const chunk of Readable.fromWeb(encrypted)) {
      signal.throwIfAborted();
      hash.update(chunk);
      bytes += (await target.write(chunk)).bytesWritten;
    }
    await target.sync();
  } finally {
    await target.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** The SHA-256 of a file, in hex. */
export async function checksum(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest('hex');
}

/** Unpacks into a folder that is made. Nothing of the archive can land outside of it. */
export async function unseal(file: string, folder: string, identity: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const plain = await decrypter.decrypt(webStream(createReadStream(file)));
  await pipeline(Readable.fromWeb(plain), extract({ cwd: folder, strict: true, preserveOwner: false }), { signal });
}

/** The two kinds of web streams, Node's and the standard's, are one thing with two types. */
function webStream(readable: Readable): ReadableStream<Uint8Array> {
  const source = readable[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
    async cancel() {
      await source.return?.();
    },
  });
}
