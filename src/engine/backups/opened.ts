import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ActionError, type BackupRecord } from '../actions/action.js';
import { withOwnFolder } from '../processes/own-folder.js';
import { ageIdentity } from '../snapshots/age-key.js';
import { decrypted } from '../snapshots/age-payload.js';

const READ_BYTES = 1_024 * 1_024;

export interface HowToOpen {
  signal: AbortSignal;
  secretKey: string | undefined;
}

/** Writes the data of a backup into a folder of its own below `dir`, which is gone afterwards. One that is not encrypted is used as it lies. */
export async function openBackup<T>(
  record: BackupRecord,
  { dir, ...how }: HowToOpen & { dir: string },
  use: (record: BackupRecord) => Promise<T>,
): Promise<T> {
  if (!record.sealed) return use(record);
  requireKey(record, how);
  return withOwnFolder(dir, 'opened', async (folder) => {
    const path = join(folder, basename(record.file).replace(/\.age$/, ''));
    const file = await open(path, 'w', 0o600);
    try {
      for await (const chunk of dataOf(record, how)) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
    return use({ ...record, file: path });
  });
}

/** The data of a backup in great pieces. It throws at its end when they are not what the manifest names: none of it counts before that. */
export async function* dataOf(record: BackupRecord, how: HowToOpen): AsyncGenerator<Buffer> {
  const identity = record.sealed ? ageIdentity(requireKey(record, how)) : undefined;
  const file = createReadStream(record.file, { highWaterMark: READ_BYTES });
  const hash = createHash('sha256');
  try {
    for await (const chunk of identity === undefined ? file : decrypted(file, identity)) {
      how.signal.throwIfAborted();
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    how.signal.throwIfAborted();
    const why = error instanceof Error ? error.message : 'no reason given';
    throw notOpened(
      record.sealed
        ? `Backup ${record.id} cannot be decrypted with this REVIVER_SECRET_KEY (${why})`
        : `Backup ${record.id} cannot be read (${why})`,
    );
  } finally {
    file.destroy();
  }
  if (hash.digest('hex') !== record.sha256)
    throw notOpened(`Backup ${record.id} is not the data that its manifest names`);
}

function requireKey({ id }: BackupRecord, { secretKey }: HowToOpen): string {
  if (secretKey === undefined) throw notOpened(`Backup ${id} is encrypted, and REVIVER_SECRET_KEY is not set`);
  return secretKey;
}

/** Code of the error that says so. */
export const NOT_OPENED = 'backup_not_opened';

function notOpened(what: string): ActionError {
  return new ActionError(`${what}; nothing was touched.`, {
    code: NOT_OPENED,
    retryable: false,
    untouched: true,
  });
}
