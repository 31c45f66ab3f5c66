import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { ageIdentity } from '../../snapshots/age-key.js';
import { decrypted, encrypted } from '../../snapshots/age-payload.js';
import { gathered } from '../gathered.js';

/** A piece of the log as archive_command names it: a segment, a history of timelines, the label of a base backup. */
const PIECE = /^[0-9A-F]{8}(\.history|[0-9A-F]{16}(\.partial|\.[0-9A-F]{8}\.backup)?)(\.age)?$/;
const SENT = /^wal\/(.+)-([0-9a-f]{64})\.gz(\.age)?$/;

export const isPiece = (name: string): boolean => PIECE.test(name);

/** Names of base backups are those of their end. */
export const isBase = (name: string): boolean => /^\d{8}T\d{6}Z$/.test(name);

export function nameOfBase(moment: Date): string {
  return moment.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Where in the log a segment lies, without its timeline, as pg_archivecleanup compares them; undefined: it is none. */
export function placeOf(piece: string): string | undefined {
  return /^[0-9A-F]{24}(\.age)?$/.test(piece) ? piece.slice(8, 24) : undefined;
}

/** Its checksum is in its name, so that a piece is there with it or not at all. */
export function keyOfPiece(name: string, sha256: string, secretKey: string | undefined): string {
  return `wal/${name}-${sha256}.gz${secretKey === undefined ? '' : '.age'}`;
}

export function pieceOf(key: string): { name: string; sha256: string; sealed: boolean } | undefined {
  const [, name, sha256, sealed] = SENT.exec(key) ?? [];
  return name !== undefined && sha256 !== undefined && isPiece(name)
    ? { name, sha256, sealed: sealed !== undefined }
    : undefined;
}

/** What a base backup in the store is; written last, so that without it there is none. */
export const baseSchema = z.object({
  name: z.string().refine(isBase),
  /** Key of its data: a tar, compressed, and as a rule encrypted. */
  key: z.string(),
  /** The first segment of the log that it needs. */
  from: z.string().regex(/^[0-9A-F]{24}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().nonnegative(),
  sealed: z.boolean(),
});
export type SentBase = z.output<typeof baseSchema>;

/** Compressed, since a piece of the log is mostly zeros where little was written; then encrypted. */
export function sentForm(plain: AsyncIterable<Buffer>, secretKey: string | undefined): AsyncGenerator<Buffer> {
  const zip = createGzip({ level: 1 });
  // Its error comes out of the pieces.
  void pipeline(Readable.from(plain), zip).catch(() => {});
  return secretKey === undefined ? gathered(zip) : encrypted(zip, ageIdentity(secretKey));
}

/** Throws where anything was changed or cut off. */
export function plainForm(sent: AsyncIterable<Buffer>, identity: string | undefined): AsyncGenerator<Buffer> {
  const unzip = createGunzip();
  void pipeline(Readable.from(identity === undefined ? sent : decrypted(sent, identity)), unzip).catch(() => {});
  return gathered(unzip);
}

export function readFileInPieces(path: string): Readable {
  return createReadStream(path, { highWaterMark: 1_024 * 1_024 });
}
