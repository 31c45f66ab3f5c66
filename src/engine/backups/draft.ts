import { open, rm } from 'node:fs/promises';
import type { BackupRecord } from '../actions/action.js';
import { ageIdentity } from '../snapshots/age-key.js';
import { encrypted } from '../snapshots/age-payload.js';
import { publish, writeDurably } from './durable-files.js';
import { begun, gathered } from './gathered.js';
import { manifestText } from './manifest.js';
import { measured } from './measured.js';

/** What an encrypted file is. */
export interface Sealed {
  sha256: string;
  bytes: number;
}

/** What only whoever saved the data knows of it. */
export type Facts = Pick<BackupRecord, 'items' | 'postgres'>;

/** A backup that is being made: nobody sees it before it is published, whatever happens. */
export interface BackupDraft {
  id: string;
  /** Once. All of it is on the disk when this resolves; `onBytes` gets how many bytes of data have been written. */
  write(data: AsyncIterable<Buffer>, how: { signal: AbortSignal; onBytes?: (bytes: number) => void }): Promise<void>;
  /** From here on it exists. The manifest is written last: without one there is no backup. */
  publish(record: Omit<BackupRecord, 'id' | 'file' | 'sha256' | 'bytes' | 'sealed' | 'proof'>): Promise<BackupRecord>;
  /** Nothing of it is left. */
  discard(): Promise<void>;
}

/** @param path the data file's, to be; `manifest`: of the file that makes it count */
export function createDraft(
  { id, path, manifest }: { id: string; path: string; manifest: string },
  secretKey: string | undefined,
): BackupDraft {
  const part = `${path}.part`;
  let written: Pick<BackupRecord, 'sha256' | 'bytes' | 'sealed'> | undefined;
  return {
    id,
    async write(data, { signal, onBytes }) {
      const plain = measured(gathered(begun(data)), onBytes);
      if (secretKey === undefined) {
        await toDisk(plain.chunks, part, signal);
        written = plain.result();
        return;
      }
      const sealed = measured(encrypted(plain.chunks, ageIdentity(secretKey)));
      await toDisk(sealed.chunks, part, signal);
      written = { ...plain.result(), sealed: sealed.result() };
    },
    async publish(given) {
      if (!written) throw new Error('a backup without data');
      await publish(part, path);
      const record: BackupRecord = { ...given, id, file: path, ...written };
      await writeDurably(manifest, manifestText(record));
      return record;
    },
    async discard() {
      for (const left of [manifest, `${manifest}.part`, path, part]) await rm(left, { force: true });
    },
  };
}

async function toDisk(chunks: AsyncIterable<Buffer>, path: string, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
