import { open } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import { ActionError } from '../../actions/action.js';
import { errorCode } from '../../processes/error-code.js';
import type { SecretSource } from '../source.js';

const MOST_BYTES = 64 * 1024;

/** Files such as Docker and Kubernetes mount. The end of the last line is not part of the secret. */
export function createFileSource(): SecretSource {
  return {
    scheme: 'file',
    form: 'file:/run/secrets/orders',
    local: true,
    objection: (path) =>
      isAbsolute(path) && normalize(path) === path && !path.endsWith('/')
        ? undefined
        : 'a path begins with a slash, ends without one and has no ".."',
    resolve: read,
  };
}

/** What is being replaced may be away for a moment: another try may help. */
async function read(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw new ActionError(WHY[errorCode(error) ?? ''] ?? `the file cannot be read (${errorCode(error)})`);
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new ActionError('it is no file', { retryable: false });
    if (stats.size > MOST_BYTES) throw new ActionError('the file is longer than any secret', { retryable: false });
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}

const WHY: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'the user of this process may not read the file',
  ENOTDIR: 'there is no such file',
};
