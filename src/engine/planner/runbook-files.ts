import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { UserError } from '../model/errors.js';
import { errorCode } from '../processes/error-code.js';

/** What a runbook may be at most: reading more would keep everything else waiting. */
export const RUNBOOK_LIMITS = { size: 256 * 1024, marks: 20_000 };

/**
 * Runbooks below a folder, by path, in the order of their names. Names that begin with a dot are passed over: they are
 * copies that editors and Kubernetes keep. A link that leads out of the folder is refused.
 */
export async function runbookFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => {
    throw new UserError(
      'invalid_input',
      `The runbooks folder ${folder} cannot be read. Set REVIVER_RUNBOOKS to an existing folder.`,
    );
  });
  const root = await realpath(folder);
  const files = names.filter(isRunbook).sort();
  for (const name of files) await refuseStranger(join(folder, name), root);
  return files.map((name) => join(folder, name));
}

/** The text of one file, which must be a regular one, of UTF-8, and not too large. */
export async function readRunbookText(file: string): Promise<string> {
  // Opening a pipe would wait for whoever writes into it.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw new UserError('invalid_input', `${file} cannot be read (${errorCode(error)}).`);
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new UserError('invalid_input', `${file} is not a file.`);
    if (found.size > RUNBOOK_LIMITS.size)
      throw new UserError('too_large', `${file}: larger than ${RUNBOOK_LIMITS.size / 1024} KiB.`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(await handle.readFile());
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('invalid_input', `${file} is not text in UTF-8. Save it as UTF-8.`);
  } finally {
    await handle.close();
  }
}

function isRunbook(name: string): boolean {
  return /\.ya?ml$/.test(name) && !name.split(sep).some((part) => part.startsWith('.'));
}

async function refuseStranger(file: string, root: string): Promise<void> {
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined) throw new UserError('invalid_input', `${file} is a link that leads nowhere. Remove it.`);
  if (real.startsWith(root + sep)) return;
  throw new UserError('invalid_input', `${file} is a link out of the folder, to ${real}. Put the file itself there.`);
}
