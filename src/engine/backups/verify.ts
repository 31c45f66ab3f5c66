import type { BackupRecord } from '../actions/action.js';
import { sha256Of } from './sha256.js';

/** Reads the whole data file: undefined when it is what was written, else what is wrong with it. */
export async function verify(record: BackupRecord, signal?: AbortSignal): Promise<string | undefined> {
  const found = await sha256Of(record.file, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    return error instanceof Error ? `its data file cannot be read (${error.message})` : 'its data file cannot be read';
  });
  if (found === (record.sealed ?? record).sha256) return undefined;
  return /^[0-9a-f]{64}$/.test(found) ? 'its checksum does not match' : found;
}
