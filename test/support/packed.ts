import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const HERE = process.cwd();

/** How a user's own TypeScript is compiled. */
export const STRICT = {
  strict: true,
  module: 'nodenext',
  target: 'es2022',
  noEmit: true,
  types: ['node'],
  skipLibCheck: true,
};

/** Installs the package as it is published into this folder, which becomes a project of its own. */
export async function packInto(folder: string): Promise<void> {
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], HERE);
  const { version, dependencies }: { version: string; dependencies: object } = JSON.parse(
    await readFile('package.json', 'utf8'),
  );
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'reviver'), { recursive: true });
  await run('tar', ['-xzf', `reviver-${version}.tgz`, '--strip-components=1', '-C', 'node_modules/reviver'], folder);
  // What npm would fetch; this way it works without a network. Only what a user would have, too.
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types']) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(HERE, 'node_modules', name), join(modules, name));
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
}

/** By the folder's tsconfig.json. Rejects with what the compiler prints as `stdout`. */
export function compile(folder: string): Promise<{ stdout: string }> {
  return run(process.execPath, [join(HERE, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.json'], folder);
}

export function run(
  program: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ stdout: string }> {
  return promisify(execFile)(program, args, { cwd, env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } });
}
