import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ActionError, type BackupRecord } from '../actions/action.js';
import { ageIdentity } from '../snapshots/age-key.js';
import { decrypted } from '../snapshots/age-payload.js';
import { gathered } from './gathered.js';

const READ_BYTES = 1_024 * 1_024;

/** Decrypts a backup into a folder of its own below `dir`, which is gone afterwards. One that is not encrypted is used as it lies. */
export async function openBackup<T>(
  record: BackupRecord,
  { dir, signal, secretKey }: { dir: string; signal: AbortSignal; secretKey: string | undefined },
  use: (record: BackupRecord) => Promise<T>,
): Promise<T> {
  if (!record.sealed) return use(record);
  if (secretKey === undefined) throw notOpened(`Backup ${record.id} is encrypted, and REVIVER_SECRET_KEY is not set`);
  await mkdir(dir, { recursive: true });
  const folder = await mkdtemp(join(dir, 'opened-'));
  try {
    const file = join(folder, basename(record.file).replace(/\.age$/, ''));
    const sha256 = await decryptInto(file, record.file, secretKey, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      const why = error instanceof Error ? error.message : 'no reason given';
      throw notOpened(`Backup ${record.id} cannot be decrypted with this REVIVER_SECRET_KEY (${why})`);
    });
    if (sha256 !== record.sha256) throw notOpened(`Backup ${record.id} is not the data that its manifest names`);
    return await use({ ...record, file });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function decryptInto(target: string, source: string, secretKey: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(target, 'w', 0o600);
  try {
    const sealed = createReadStream(source, { highWaterMark: READ_BYTES });
    for await (const chunk of gathered(decrypted(sealed, ageIdentity(secretKey)))) {
      signal.throwIfAborted();
      hash.update(chunk);
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

function notOpened(what: string): ActionError {
  return new ActionError(`${what}; nothing was touched.`, {
    code: 'backup_not_opened',
    retryable: false,
    untouched: true,
  });
}
