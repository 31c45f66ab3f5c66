import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { begun } from '../backups/gathered.js';
import { decrypted, encrypted } from './age-payload.js';

/** Greater reads than Node's own are fewer. */
export const READ_BYTES = 1_024 * 1_024;

export interface Sealed {
  /** Of the encrypted file. */
  sha256: string;
  bytes: number;
}

/** Packs a folder into one encrypted file (tar, then age) that is on the disk when this resolves. */
export function seal(folder: string, file: string, identity: string, signal: AbortSignal): Promise<Sealed> {
  return sealedTo(file, encrypted(packed(folder), identity), signal);
}

/** Writes what is encrypted already; it is on the disk when this resolves. */
export async function sealedTo(file: string, sealed: AsyncIterable<Buffer>, signal: AbortSignal): Promise<Sealed> {
  const hash = createHash('sha256');
  let bytes = 0;
  const target = await open(file, 'w', 0o600);
  try {
    for await (const chunk of sealed) {
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
  await pipeline(createReadStream(file, { highWaterMark: READ_BYTES }), hash, { signal });
  return hash.digest('hex');
}

/** A folder as a tar stream, without who owns it. */
export async function* packed(folder: string): AsyncGenerator<Buffer> {
  const { create } = await import('tar');
  yield* create({ cwd: folder, portable: true, noMtime: false }, ['.']);
}

/** Into a folder that is there. Nothing of the archive can land outside of it. */
export async function unpack(tar: AsyncIterable<Buffer>, folder: string, signal: AbortSignal): Promise<void> {
  const pieces = begun(tar);
  const { extract } = await import('tar');
  await pipeline(Readable.from(pieces), extract({ cwd: folder, strict: true, preserveOwner: false }), { signal });
}

/** Unpacks into a folder that is made. */
export async function unseal(file: string, folder: string, identity: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await unpack(decrypted(createReadStream(file, { highWaterMark: READ_BYTES }), identity), folder, signal);
}
