import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** The default export of a module; throws a sentence that says what is wrong with the file, and where. */
export async function importDefault(file: string): Promise<unknown> {
  if (/\.[cm]?tsx?$/.test(file))
    throw new Error('it is TypeScript, which is compiled first: name the .js or .mjs file that tsc makes of it');
  if (!existsSync(file))
    throw new Error('there is no such file (relative paths begin in the folder of the configuration)');
  const module = await load(file);
  if (typeof module.default === 'function') return module.default;
  const found = module.default === undefined ? 'it has no default export' : 'its default export is not a function';
  throw new Error(`${found}; expected a function that is given { z, registerAction, registerStrategy }`);
}

async function load(file: string): Promise<{ default?: unknown }> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const {
      name = 'Error',
      message = String(error),
      stack = '',
    }: { name?: string; message?: string; stack?: string } = Object(error);
    const place = placeIn(stack) ?? (name === 'SyntaxError' ? await placeOfSyntaxError(file) : undefined);
    throw new Error(`it cannot be loaded: ${name}: ${message}${place ? ` (${place})` : ''}`, { cause: error });
  }
}

/** `/path/drain.mjs:3` of the first frame that is a file's. */
function placeIn(stack: string): string | undefined {
  const [, url, line] = /(file:\/\/\/[^\s:)]+):(\d+)/.exec(stack) ?? [];
  return url === undefined ? undefined : `${fileURLToPath(url)}:${line}`;
}

/** Node tells the place of a syntax error only when it ends with it, so it is asked once more. */
async function placeOfSyntaxError(file: string): Promise<string | undefined> {
  const { stderr = '' }: { stderr?: string } = await promisify(execFile)(process.execPath, ['--check', file]).catch(
    (error: unknown) => Object(error),
  );
  const [first = ''] = stderr.split('\n');
  return /:\d+$/.test(first) ? first.replace(/^file:\/\//, '') : undefined;
}
