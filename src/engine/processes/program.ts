import { access, constants, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { ActionError } from '../actions/action.js';

/**
 * Absolute path of the program that `name` means, as execvp(3) would find it: looked up before anything is started, so
 * that "there is no such program" is never mistaken for a program that ran and failed.
 */
export async function findProgram(name: string, cwd: string, env: Record<string, string>): Promise<string> {
  await requireFolder(cwd, name);
  const candidates = name.includes('/')
    ? [resolve(cwd, name)]
    : (env.PATH ?? '').split(delimiter).map((folder) => resolve(cwd, folder, name));
  let found = false;
  for (const path of candidates) {
    if (!(await isFile(path))) continue;
    found = true;
    if (await isExecutable(path)) return path;
  }
  const facts = { program: name };
  if (found)
    throw new ActionError(`${name} is not executable; nothing was run.`, {
      code: 'not_executable',
      retryable: false,
      facts,
    });
  const where = name.includes('/') ? 'there is no such file' : 'it is not on the PATH';
  throw new ActionError(`${name} was not found: ${where}; nothing was run.`, {
    code: 'program_not_found',
    retryable: false,
    facts,
  });
}

async function requireFolder(cwd: string, program: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (!found?.isDirectory())
    throw new ActionError(`The folder ${cwd} that ${program} shall run in does not exist; nothing was run.`, {
      code: 'folder_not_found',
      retryable: false,
      facts: { cwd },
    });
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
