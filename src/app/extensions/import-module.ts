import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The default export of a module; throws a sentence that says what is wrong with the file, and where. */
export async function importDefault(file: string): Promise<unknown> {
  if (/\.[cm]?tsx?$/.test(file))
    throw new Error('it is TypeScript, which is compiled first: name the .js or .mjs file that tsc makes of it');
  if (!existsSync(file))
    throw new Error('there is no such file (relative paths begin in the folder of the configuration)');
  const module = await load(file);
  if (typeof module.default !== 'function')
    throw new Error(
      `its default export is ${module.default === undefined ? 'missing' : `a ${typeof module.default}`}; expected a function that is given { z, registerAction, registerStrategy }`,
    );
  return module.default;
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
    throw new Error(`it cannot be loaded: ${name}: ${message}${placeIn(stack)}`, { cause: error });
  }
}

/** ` (line 3)`: Node begins the stack of a syntax error with its place, and that of a thrown one has it further below. */
function placeIn(stack: string): string {
  const [, url, path, line] = /(?:(file:\/\/\/[^\s:)]+)|^(\/[^\s:)]+)):(\d+)/m.exec(stack) ?? [];
  if (line === undefined) return '';
  return ` (${url === undefined ? path : fileURLToPath(url)}:${line})`;
}
