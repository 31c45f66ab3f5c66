import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BackupRecord } from '../../engine/actions/action.js';
import type { BackupStore } from '../../engine/backups/catalog.js';
import { syncFolder } from '../../engine/backups/durable-files.js';
import { UserError } from '../../engine/model/errors.js';
import { unpack } from '../../engine/snapshots/sealed-folder.js';
import type { Contents } from './contents.js';
import { readBack, readContents } from './read-back.js';

export interface Laid {
  contents: Contents;
  /** What was read back, for people. */
  said: string;
}

/**
 * Lays an export into a folder that is empty or not there yet: beside it first, and under its name when all of it was read
 * as at a start. Killed before that it leaves a folder with the end `.part`, which the next one removes.
 */
export async function layConfiguration(
  record: BackupRecord,
  catalog: Pick<BackupStore, 'data'>,
  folder: string,
  signal: AbortSignal,
): Promise<Laid> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UserError('invalid_input', `${folder} cannot be read (${error.code}). Nothing was written.`);
  });
  if (there.length > 0)
    throw new UserError(
      'invalid_input',
      `${folder} is not empty. Nothing was written. Name a folder that is empty or not there yet; compare both, then take what you want.`,
    );
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o700 });
  try {
    await unpack(catalog.data(record, signal), part, signal);
    const laid = { contents: await readContents(part), said: await readBack(part) };
    await rename(part, folder);
    await syncFolder(dirname(folder));
    return laid;
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}
